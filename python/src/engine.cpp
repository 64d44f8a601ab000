#include "engine.hpp"

#include "config.hpp"
#include "handle.hpp"
#include "run.hpp"
#include "values.hpp"

#include <cortex/engine.hpp>

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

namespace nb = nanobind;

namespace cortex::py {
namespace {

using PyEngine = Handle<Engine, Owned::Rank::engine>;
using PyAgent = Handle<Agent, Owned::Rank::engine>;
using PySession = Handle<Session, Owned::Rank::session>;

/// One blocking request a provider; `keys` maps names to keys, or to None where a source gave nothing.
std::vector<ProviderStatus> verify(PyEngine& engine, nb::dict keys) {
    std::vector<std::pair<std::string, Secret>> secrets;
    for (auto [name, key] : keys)
        secrets.emplace_back(utf8(name, "provider"), key.is_none() ? Secret() : Secret(utf8(key, "api_key")));
    Engine& native = engine.get();
    const Unlocked unlocked;
    return native.verify(std::move(secrets));
}

nb::object close(PySession& session) {
    Session& native = session.get();
    SessionStats stats;
    {
        // It may wait for a running turn to end, and later for a file to be written.
        const Unlocked unlocked;
        stats = native.close();
    }
    return plain(stats);
}

}  // namespace

void bind_engine(nb::module_& module) {
    nb::class_<PyEngine>(module, "Engine", nb::is_weak_referenceable())
        .def(
            "__init__",
            [](PyEngine* self, nb::handle providers, nb::dict fields, nb::dict keys, bool ask_for_budget) {
                EngineConfig config = engine_config(providers, fields, keys);
                config.ask_run_for_budget = ask_for_budget;
                new (self) PyEngine(Engine(std::move(config)));
            },
            nb::arg("providers").none(), nb::arg("fields"), nb::arg("keys"), nb::arg("ask_for_budget"))
        .def_prop_ro("providers", [](PyEngine& engine) { return engine.get().providers(); })
        .def("models", [](PyEngine& engine) { return engine.get().models(); })
        .def(
            "costs", [](PyEngine& engine) { return plain(engine.get().costs()); },
            "What all turns of this engine used until now, as a dict of plain values: total, by_provider, by_model, by_user and "
            "lines (one for each provider, model and user). A line has provider, model, user_id, calls, input_tokens, "
            "output_tokens, cached_tokens, cache_write_tokens, cost_usd (None where no price is known) and "
            "unknown_cost_calls.")
        .def("_verify", &verify);

    nb::class_<PyAgent>(module, "Agent", nb::is_weak_referenceable())
        .def("__init__",
             [](PyAgent* self, PyEngine& engine, nb::handle name, nb::handle system_prompt, nb::list tools,
                nb::dict limits) {
                 AgentConfig config = agent_config(name, system_prompt, tools, limits);
                 new (self) PyAgent(engine.get().create_agent(std::move(config)));
             })
        .def_prop_ro("name", [](PyAgent& agent) { return agent.get().name(); })
        .def_prop_ro("system_prompt", [](PyAgent& agent) { return agent.get().system_prompt(); });

    nb::class_<PySession>(module, "Session", nb::is_weak_referenceable())
        .def(
            "__init__",
            [](PySession* self, PyAgent& agent, nb::handle user_id, nb::handle session_id) {
                SessionConfig config{.user_id = utf8(user_id, "user_id"), .session_id = {}};
                if (!session_id.is_none()) config.session_id = utf8(session_id, "session_id");
                new (self) PySession(agent.get().start_session(std::move(config)));
            },
            nb::arg("agent"), nb::arg("user_id"), nb::arg("session_id").none())
        .def_prop_ro("session_id", [](PySession& session) { return session.get().session_id(); })
        .def_prop_ro("user_id", [](PySession& session) { return session.get().user_id(); })
        .def(
            "_start",
            [](PySession& session, nb::handle text, bool streaming, nb::args options) {
                Session& native = session.get();
                return new PyRun(native.start(utf8(text, "message"), turn_options(options), streaming));
            },
            nb::arg("text").none(), nb::arg("streaming"), nb::arg("options"))
        .def(
            "_preview",
            [](PySession& session, nb::handle text, bool streaming, nb::args options) {
                Session& native = session.get();
                return native.preview(utf8(text, "message"), turn_options(options), streaming);
            },
            nb::arg("text").none(), nb::arg("streaming"), nb::arg("options"))
        .def(
            "get_dual_process_stats", [](PySession& session) { return plain(session.get().get_dual_process_stats()); },
            "How the turns of this session were routed so far, as a dict: system1_count, system2_count, system2_ratio, "
            "total_decisions.")
        .def("close_sync", &close, "Ends the session and returns its statistics; a second call returns the same.");

    module.def(
        "models", [](nb::handle path) { return models(path.is_none() ? std::string{} : utf8(path, "models_path")); },
        nb::arg("models_path").none() = nb::none(), "The model catalogue without an engine.");
    module.def("version", [] { return version(); });
}

}  // namespace cortex::py
