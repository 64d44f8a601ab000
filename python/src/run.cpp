#include "run.hpp"

#include "config.hpp"
#include "values.hpp"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>

#include <stdexcept>
#include <type_traits>
#include <variant>

namespace nb = nanobind;

namespace cortex::py {
namespace {

/// The hub of one event loop, as Python holds it: the loop watches `fd` and calls `drain`.
class PyHub {
public:
    PyHub() : hub_(std::make_shared<WakeHub>()) {}
    ~PyHub() { hub_->close(); }
    PyHub(const PyHub&) = delete;
    PyHub& operator=(const PyHub&) = delete;

    const std::shared_ptr<WakeHub>& hub() const noexcept { return hub_; }

    void drain() {
        for (const auto& node : hub_->take()) {
            if (node->waiter == nullptr) continue;   // its consumer is awake and will ask by itself
            const nb::object future = nb::steal(static_cast<PyObject*>(std::exchange(node->waiter, nullptr)));
            if (!nb::cast<bool>(future.attr("done")())) future.attr("set_result")(nb::none());
        }
    }

private:
    std::shared_ptr<WakeHub> hub_;
};

nb::object request_of(RunEvent event) {
    return std::visit(
        []<class T>(T&& request) -> nb::object {
            if constexpr (std::is_same_v<std::remove_cvref_t<T>, StreamChunk>)
                return nb::none();
            else
                return nb::cast(std::forward<T>(request));
        },
        std::move(event));
}

template <class Request>
void bind_call(nb::module_& module, const char* name) {
    nb::class_<Request>(module, name)
        .def_ro("request_id", &Request::request_id)
        .def_prop_ro("name", [](const Request& request) { return text(request.call.name); })
        .def_prop_ro("arguments", [](const Request& request) { return text(request.call.arguments); })
        .def_prop_ro("call_id", [](const Request& request) { return text(request.call.id); })
        .def_prop_ro("session_id", [](const Request& request) { return text(request.call.session_id); })
        .def_prop_ro("user_id", [](const Request& request) { return text(request.call.user_id); });
}

/// US dollars as a float, tokens as an int: `unit` says which.
nb::object figure(const Budget& budget) {
    if (budget.tokens) return nb::cast(*budget.tokens);
    return nb::cast(budget.usd.value_or(0.0));
}

void bind_budget(nb::module_& module) {
    nb::class_<BudgetRequest>(module, "BudgetQuestion")
        .def_ro("request_id", &BudgetRequest::request_id)
        .def_prop_ro("scope", [](const BudgetRequest& request) { return text(request.question.scope); })
        .def_prop_ro("user_id", [](const BudgetRequest& request) { return text(request.question.user_id); })
        .def_prop_ro("session_id", [](const BudgetRequest& request) { return text(request.question.session_id); })
        .def_prop_ro("provider", [](const BudgetRequest& request) { return text(request.question.provider); })
        .def_prop_ro("model", [](const BudgetRequest& request) { return text(request.question.model); })
        .def_prop_ro("unit", [](const BudgetRequest& request) { return request.question.limit.tokens ? "tokens" : "usd"; })
        .def_prop_ro("limit", [](const BudgetRequest& request) { return figure(request.question.limit); })
        .def_prop_ro("spent", [](const BudgetRequest& request) { return figure(request.question.spent); })
        .def_prop_ro("reserved", [](const BudgetRequest& request) { return figure(request.question.reserved); })
        .def_prop_ro("needed", [](const BudgetRequest& request) { return figure(request.question.needed); })
        .def_prop_ro("message", [](const BudgetRequest& request) { return text(request.question.message); });
}

}  // namespace

void PyRun::watch(std::shared_ptr<WakeHub> hub) {
    Run& run = get();
    node_ = std::make_shared<WakeNode>(std::move(hub));
    run.on_ready(&WakeHub::wake, node_.get());
}

nb::object PyRun::take() {
    Run& run = get();
    if (response_) return nb::cast(response_);
    // Until nothing is left, even after the last chunk: only then does the run wake us when it is finished.
    while (auto event = run.try_next()) {
        auto* const chunk = std::get_if<StreamChunk>(&*event);
        if (chunk == nullptr) return request_of(std::move(*event));
        if (!chunk->is_final) return nb::cast(Chunk{std::move(*chunk), nullptr});
        last_ = std::move(*chunk);
    }
    if (!run.finished()) return nb::none();
    Response response = run.result();
    if (!last_) return nb::cast(std::move(response));
    response_ = std::make_shared<Response>(std::move(response));
    return nb::cast(Chunk{std::move(*last_), response_});
}

bool PyRun::armed() const {
    if (!node_ || node_->waiter == nullptr) return false;
    return !nb::cast<bool>(nb::handle(static_cast<PyObject*>(node_->waiter)).attr("done")());
}

void PyRun::arm(nb::object future) {
    if (armed()) throw std::runtime_error("another task already waits for this stream: a stream has one reader");
    disarm();
    if (node_) node_->waiter = future.release().ptr();
}

void PyRun::disarm() noexcept {
    if (node_ && node_->waiter != nullptr) Py_DECREF(static_cast<PyObject*>(std::exchange(node_->waiter, nullptr)));
}

nb::object PyRun::wait_next() {
    if (!node_) watch(std::make_shared<WakeHub>());
    const auto hub = node_->hub;
    // The kernel may give a signal to a thread of the engine instead of this one: look often enough for Ctrl-C to feel prompt.
    constexpr int slice_ms = 100;
    for (;;) {
        nb::object item = take();
        if (!item.is_none()) return item;
        {
            const Unlocked unlocked;
            hub->wait(slice_ms);
        }
        Unlocked::check_ending();
        hub->take();
        if (PyErr_CheckSignals() != 0) throw nb::python_error();
    }
}

void PyRun::answer(const std::string& request_id, nb::handle key) {
    get().answer(request_id, key.is_none() ? Secret() : Secret(utf8(key, "api_key")));
}

void PyRun::answer_tool(const std::string& request_id, nb::handle content, nb::handle attached, bool is_error) {
    if (forked() || peek() == nullptr) return;
    ToolOutcome outcome{.content = lenient_utf8(content), .attachments = attachments(attached), .is_error = is_error};
    // Making the list may have run other Python code: look again.
    if (Run* const run = peek()) run->answer(request_id, std::move(outcome));
}

void PyRun::answer_approval(const std::string& request_id, bool allowed, nb::handle reason, nb::handle arguments) {
    if (forked()) return;
    if (Run* const run = peek())
        run->answer(request_id,
                    Approval{.allowed = allowed, .reason = lenient_utf8(reason), .arguments = lenient_utf8(arguments)});
}

void PyRun::answer_budget(const std::string& request_id, std::optional<double> usd, std::optional<std::int64_t> tokens) {
    if (forked()) return;
    if (Run* const run = peek()) run->answer(request_id, Budget{.usd = usd, .tokens = tokens});
}

void PyRun::cancel() { get().cancel(); }

bool PyRun::settled() {
    Run& run = get();
    while (run.try_next()) {
    }
    return run.finished();
}

void PyRun::release() noexcept {
    if (forked()) {
        Handle::release();
        return;
    }
    if (Run* run = peek()) {
        run->on_ready(nullptr, nullptr);
        // A turn that nobody waits for ends here and now, so that its session is free for the next one. The engine only has
        // to close a connection for that, and no thread of the engine needs what this one holds.
        run->cancel();
        while (!run->finished()) {
            while (run->try_next()) {
            }
            if (!run->finished()) run->wait();
        }
    }
    Handle::release();
    disarm();
}

void bind_run(nb::module_& module) {
    nb::class_<KeyRequest>(module, "KeyRequest")
        .def_ro("request_id", &KeyRequest::request_id)
        .def_ro("provider", &KeyRequest::provider);
    bind_budget(module);
    bind_call<ToolRequest>(module, "ToolRequest");
    bind_call<ApprovalRequest>(module, "ApprovalRequest");
    nb::class_<RequestWithdrawn>(module, "RequestWithdrawn").def_ro("request_id", &RequestWithdrawn::request_id);
    nb::class_<PyHub>(module, "Hub")
        .def(nb::init<>())
        .def_prop_ro("fd", [](const PyHub& hub) { return hub.hub()->fd(); })
        .def("drain", &PyHub::drain);
    nb::class_<PyRun>(module, "Run", nb::is_weak_referenceable())
        .def("watch", [](PyRun& run, const PyHub& hub) { run.watch(hub.hub()); })
        .def("take", &PyRun::take)
        .def("arm", &PyRun::arm)
        .def("armed", &PyRun::armed)
        .def("wait_next", &PyRun::wait_next)
        .def("answer", &PyRun::answer, nb::arg("request_id"), nb::arg("key").none())
        .def("answer_tool", &PyRun::answer_tool)
        .def("answer_approval", &PyRun::answer_approval)
        .def("answer_budget", &PyRun::answer_budget, nb::arg("request_id"), nb::arg("usd").none(), nb::arg("tokens").none())
        .def("cancel", &PyRun::cancel)
        .def("settled", &PyRun::settled)
        .def("release", [](PyRun& run) { run.release(); });
}

}  // namespace cortex::py
