#include "config.hpp"

#include "errors.hpp"

#include <cortex/config_fields.hpp>

#include <cmath>
#include <limits>

namespace nb = nanobind;

namespace cortex::py {
namespace {

std::string kind(nb::handle value) { return Py_TYPE(value.ptr())->tp_name; }

[[noreturn]] void throw_kind(const std::string& field, nb::handle value, const char* expected) {
    throw_config(field + " is of type " + kind(value) + "; expected " + expected + ".");
}

/// Everything that behaves like the mapping of the documentation: dict, OrderedDict, MappingProxyType, a config library's own.
nb::object items(nb::handle mapping, const std::string& field, const char* expected) {
    if (!nb::hasattr(mapping, "items")) throw_kind(field, mapping, expected);
    return mapping.attr("items")();
}

ConfigValue scalar(nb::handle value, const std::string& field) {
    if (PyBool_Check(value.ptr())) return value.is(nb::bool_(true));
    if (PyLong_Check(value.ptr())) {
        int overflow = 0;
        const long long number = PyLong_AsLongLongAndOverflow(value.ptr(), &overflow);
        if (overflow != 0) throw_config(field + " is out of range.");
        return static_cast<std::int64_t>(number);
    }
    if (PyFloat_Check(value.ptr())) return PyFloat_AS_DOUBLE(value.ptr());
    if (PyUnicode_Check(value.ptr())) return utf8(value, field.c_str());
    if (nb::hasattr(value, "__fspath__")) return scalar(nb::module_::import_("os").attr("fspath")(value), field);
    throw_kind(field, value, "a string, a number or a truth value");
}

/// A scalar, or a list of texts.
ConfigValue value_of(nb::handle value, const std::string& field) {
    if (!PyList_Check(value.ptr()) && !PyTuple_Check(value.ptr())) return scalar(value, field);
    std::vector<std::string> texts;
    for (nb::handle item : nb::iter(value)) texts.push_back(utf8(item, field.c_str()));
    return texts;
}

Budgets budgets_of(nb::handle given) {
    Budgets budgets;
    for (nb::handle item : items(given, "budgets", "a dict such as {\"session_usd\": 5.0}")) {
        const std::string key = utf8(item[0], "budgets");
        const nb::object value = item[1];
        if (value.is_none()) {
            Budgets ignored;
            set_field(ignored, "budgets", key, ConfigValue{std::int64_t{1}});
        } else {
            set_field(budgets, "budgets", key, scalar(value, "budgets." + key));
        }
    }
    return budgets;
}

ProviderConfig provider_config(const std::string& name, nb::handle settings, nb::dict keys) {
    ProviderConfig config;
    const std::string path = "providers." + name;
    if (settings.is_none()) return config;
    for (nb::handle item : items(settings, path, "a dict such as {\"api_key\": \"...\"}")) {
        const std::string key = utf8(item[0], path.c_str());
        const nb::object value = item[1];
        if (value.is_none()) {
            // Absent, but a misspelt name is told all the same.
            ProviderConfig ignored;
            if (key != "bedrock" && key != "vertex_ai") set_field(ignored, path, key, ConfigValue{std::string{}});
        } else if (key == "api_key" && PyCallable_Check(value.ptr()) != 0) {
            config.api_key = Secret::from_run();
            keys[nb::str(name.c_str())] = value;
        } else {
            set_field(config, path, key, value_of(value, path + "." + key));
        }
    }
    return config;
}

/// A year in seconds: more than any turn takes, and far from where milliseconds overflow.
constexpr double longest_wait = 365.0 * 86'400.0;

std::chrono::milliseconds seconds(double value, const char* field) {
    if (!std::isfinite(value) || value <= 0.0 || value > longest_wait)
        throw_config(std::string(field) + " must be a number of seconds above 0 and at most a year.");
    return std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(value * 1000.0)));
}

double number(nb::handle value, const char* field) {
    if (PyBool_Check(value.ptr()) || (!PyLong_Check(value.ptr()) && !PyFloat_Check(value.ptr())))
        throw_kind(field, value, "a number");
    const double result = PyFloat_AsDouble(value.ptr());
    if (result == -1.0 && PyErr_Occurred() != nullptr) {
        PyErr_Clear();
        throw_config(std::string(field) + " is out of range.");
    }
    return result;
}

int integer(nb::handle value, const char* field, const char* expected) {
    if (PyBool_Check(value.ptr()) || !PyLong_Check(value.ptr())) throw_kind(field, value, expected);
    int overflow = 0;
    const long long result = PyLong_AsLongLongAndOverflow(value.ptr(), &overflow);
    if (overflow != 0 || result > std::numeric_limits<int>::max() || result < std::numeric_limits<int>::min())
        throw_config(std::string(field) + " is out of range.");
    return static_cast<int>(result);
}

Attachment attachment(nb::handle value) {
    if (nb::isinstance<Attachment>(value)) return nb::cast<Attachment>(value);
    Attachment result;
    for (nb::handle item : items(value, "attachments", "a cortex.Attachment or a dict with the same fields")) {
        const std::string key = utf8(item[0], "attachments");
        const nb::object field = item[1];
        if (field.is_none()) continue;
        if (key == "data" && nb::isinstance<nb::bytes>(field)) {
            const auto bytes = nb::cast<nb::bytes>(field);
            result.data.assign(bytes.c_str(), bytes.size());
        } else if (key == "media_type") {
            result.media_type = utf8(field, "attachments.media_type");
        } else if (key == "url") {
            result.url = utf8(field, "attachments.url");
        } else if (key == "file_id") {
            result.file_id = utf8(field, "attachments.file_id");
        } else if (key == "title") {
            result.title = utf8(field, "attachments.title");
        } else if (key == "data") {
            throw_kind("attachments.data", field, "bytes, not encoded");
        } else {
            throw_unknown_key("attachments", key, {"media_type", "data", "url", "file_id", "title"});
        }
    }
    return result;
}

bool truth(nb::handle value, const char* field) {
    if (!PyBool_Check(value.ptr())) throw_kind(field, value, "True or False");
    return value.is(nb::bool_(true));
}

Tool tool_of(nb::handle given) {
    Tool tool;
    tool.name = utf8(given.attr("name"), "tools");
    const std::string what = "tools." + tool.name;
    tool.description = utf8(given.attr("description"), (what + ".description").c_str());
    tool.input_schema = utf8(given.attr("_schema_json"), (what + ".parameters").c_str());
    const std::string timeout = what + ".timeout";
    const nb::object patience = given.attr("timeout");
    tool.timeout = seconds(patience.is_none() ? longest_wait : number(patience, timeout.c_str()), timeout.c_str());
    tool.max_parallel = integer(given.attr("max_parallel"), (what + ".max_parallel").c_str(), "a number of calls");
    const std::string bytes = what + ".max_result_bytes";
    const int most = integer(given.attr("max_result_bytes"), bytes.c_str(), "a number of bytes");
    if (most < 0) throw_config(bytes + " is below 0.");
    tool.max_result_bytes = static_cast<std::size_t>(most);
    tool.ask_run = !given.attr("approve").is_none();
    return tool;
}

}  // namespace

std::string lenient_utf8(nb::handle value) {
    Py_ssize_t size = 0;
    if (const char* const bytes = PyUnicode_AsUTF8AndSize(value.ptr(), &size); bytes != nullptr)
        return {bytes, static_cast<std::size_t>(size)};
    PyErr_Clear();
    const auto bytes = nb::steal<nb::bytes>(PyUnicode_AsEncodedString(value.ptr(), "utf-8", "surrogatepass"));
    if (!bytes.is_valid()) throw nb::python_error();
    return {bytes.c_str(), bytes.size()};
}

std::string utf8(nb::handle value, const char* field) {
    if (!PyUnicode_Check(value.ptr())) throw_kind(field, value, "str");
    Py_ssize_t size = 0;
    const char* const bytes = PyUnicode_AsUTF8AndSize(value.ptr(), &size);
    if (bytes == nullptr) {
        PyErr_Clear();
        throw_config(std::string(field) +
                     " holds a lone surrogate, which is not a character: it cannot be sent as UTF-8. "
                     "Read the text with the right encoding, or replace such characters.");
    }
    return {bytes, static_cast<std::size_t>(size)};
}

EngineConfig engine_config(nb::handle providers, nb::dict fields, nb::dict keys) {
    EngineConfig config;
    if (!providers.is_none()) {
        for (nb::handle item :
             items(providers, "providers", "a dict such as {\"anthropic\": {\"api_key\": \"...\"}}")) {
            std::string name = utf8(item[0], "providers");
            ProviderConfig provider = provider_config(name, item[1], keys);
            config.providers.emplace_back(std::move(name), std::move(provider));
        }
    }
    for (auto [key, value] : fields) {
        const std::string name = utf8(key, "keyword");
        if (name == "budgets" && !value.is_none() && nb::hasattr(value, "items")) {
            config.budgets = budgets_of(value);
            continue;
        }
        if (!value.is_none()) {
            set_field(config, name, value_of(value, name));
            continue;
        }
        auto known = engine_field_names();
        known.emplace_back("budgets");
        if (std::find(known.begin(), known.end(), name) == known.end()) throw_unknown_key("", name, known);
    }
    return config;
}

AgentConfig agent_config(nb::handle name, nb::handle system_prompt, nb::list tools, nb::dict limits) {
    AgentConfig config{.name = utf8(name, "name"), .system_prompt = utf8(system_prompt, "system_prompt")};
    for (nb::handle tool : tools) config.tools.push_back(tool_of(tool));
    config.max_tool_rounds = integer(limits["max_tool_rounds"], "max_tool_rounds", "a number of rounds");
    config.max_parallel_tools = integer(limits["max_parallel_tools"], "max_parallel_tools", "a number of calls");
    config.allow_thinking = truth(limits["allow_thinking"], "allow_thinking");
    return config;
}

TurnOptions turn_options(nb::args values) {
    const auto option = [&](std::size_t place) -> nb::object {
        return place < values.size() ? nb::object(values[place]) : nb::none();
    };
    const nb::object thinking = option(0), timeout = option(1), max_cost = option(2), max_tokens = option(3),
                     attached = option(4), temperature = option(5), show_thinking = option(6), answer_schema = option(7);
    TurnOptions options;
    if (PyUnicode_Check(thinking.ptr())) {
        options.thinking = Thinking(std::string_view(utf8(thinking, "thinking")));
    } else if (!thinking.is_none()) {
        options.thinking = Thinking(integer(thinking, "thinking", "\"auto\", \"off\" or a number of tokens"));
    }
    if (!timeout.is_none()) options.timeout = seconds(number(timeout, "timeout"), "timeout");
    if (!max_cost.is_none()) options.max_cost = number(max_cost, "max_cost");
    if (!max_tokens.is_none()) options.max_tokens = integer(max_tokens, "max_tokens", "a number of tokens");
    if (!attached.is_none()) options.attachments = attachments(attached);
    if (!temperature.is_none()) options.temperature = number(temperature, "temperature");
    if (!show_thinking.is_none()) options.show_thinking = truth(show_thinking, "show_thinking");
    if (!answer_schema.is_none()) options.answer_schema = utf8(answer_schema, "answer_schema");
    return options;
}

std::vector<Attachment> attachments(nb::handle list) {
    if (PyUnicode_Check(list.ptr()) || nb::hasattr(list, "items")) throw_kind("attachments", list, "a list");
    std::vector<Attachment> result;
    for (nb::handle item : nb::iter(list)) result.push_back(attachment(item));
    return result;
}

}  // namespace cortex::py
