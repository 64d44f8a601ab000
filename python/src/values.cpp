#include "values.hpp"

#include "config.hpp"
#include "errors.hpp"
#include "fields.hpp"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <chrono>
#include <type_traits>

namespace nb = nanobind;

namespace cortex::py {
namespace {

/// Bytes that a vendor sent and that need not be UTF-8 must not make an attribute raise.
nb::object to_plain(std::string_view bytes) {
    return nb::steal(PyUnicode_DecodeUTF8(bytes.data(), static_cast<Py_ssize_t>(bytes.size()), "replace"));
}
nb::object to_plain(const std::string& text) { return to_plain(std::string_view(text)); }
nb::object to_plain(bool value) { return nb::bool_(value); }
nb::object to_plain(int value) { return nb::int_(value); }
nb::object to_plain(std::int64_t value) { return nb::int_(value); }
nb::object to_plain(double value) { return nb::float_(value); }
nb::object to_plain(CredentialStatus status) { return to_plain(to_string(status)); }
nb::object to_plain(ChunkType type) { return to_plain(to_string(type)); }
/// A `datetime` in UTC.
nb::object to_plain(std::chrono::system_clock::time_point when) {
    const nb::module_ module = nb::module_::import_("datetime");
    const double seconds = std::chrono::duration<double>(when.time_since_epoch()).count();
    return module.attr("datetime").attr("fromtimestamp")(seconds, module.attr("timezone").attr("utc"));
}

template <class T>
nb::object to_plain(const std::optional<T>& value) {
    return value ? to_plain(*value) : nb::none();
}

nb::object to_plain(const std::pair<std::string, std::string>& pair) {
    return nb::make_tuple(to_plain(pair.first), to_plain(pair.second));
}

template <Described T>
nb::object to_plain(const T& value);

template <class T>
nb::object to_plain(const std::vector<T>& values) {
    nb::list list;
    for (const auto& value : values) list.append(to_plain(value));
    return list;
}

template <Described T>
nb::object to_plain(const T& value) {
    nb::dict dict;
    std::apply(
        [&](const auto&... field) { (dict.attr("__setitem__")(field.name, to_plain(value.*field.member)), ...); },
        Fields<T>::list);
    return dict;
}

template <class M>
struct IsDescribedList : std::false_type {};
template <Described T>
struct IsDescribedList<std::vector<T>> : std::true_type {};

/// A field as an attribute: a described one is an object that lives in its parent, all others are plain values.
template <class T, class M>
void bind_field(nb::class_<T>& type, const Field<T, M>& field) {
    if constexpr (Described<M> || IsDescribedList<M>::value) {
        type.def_ro(field.name, field.member);
    } else {
        const auto member = field.member;
        type.def_prop_ro(field.name, [member](const T& value) { return to_plain(value.*member); });
    }
}

template <class T>
std::vector<const char*> names() {
    return std::apply([](const auto&... field) { return std::vector<const char*>{field.name...}; }, Fields<T>::list);
}

template <class T>
nb::object describe(nb::handle self) {
    std::string text = std::string(nb::cast<std::string>(self.type().attr("__name__"))) + "(";
    bool first = true;
    for (const char* name : names<T>()) {
        if (!first) text += ", ";
        first = false;
        text += std::string(name) + "=" + nb::cast<std::string>(nb::repr(self.attr(name)));
    }
    return to_plain(text + ")");
}

template <class T>
nb::class_<T> bind_value(nb::module_& module, const char* name, const char* doc) {
    nb::class_<T> type(module, name, doc, nb::is_final());
    std::apply([&](const auto&... field) { (bind_field(type, field), ...); }, Fields<T>::list);
    type.def("to_dict", [](const T& value) { return to_plain(value); }, "The same as a dict of plain values.");
    type.def("__repr__", [](nb::handle self) { return describe<T>(self); });
    type.def(
        "keys",
        [](const T&) {
            nb::list list;
            for (const char* field : names<T>()) list.append(field);
            return list;
        },
        "The names of the fields; with item access this makes `dict(value)` work.");
    type.def("__getitem__", [](nb::handle self, const std::string& key) {
        for (const char* field : names<T>())
            if (key == field) return nb::object(self.attr(field));
        throw nb::key_error(key.c_str());
    });
    return type;
}

nb::object text_or_none(const std::string& text) { return text.empty() ? nb::none() : to_plain(text); }

/// What a chunk says about tools, in one dict; None in chunks of another type.
nb::object tool_call_delta(const StreamChunk& chunk) {
    nb::dict delta;
    if (chunk.chunk_type == ChunkType::tool_execution) {
        delta["tools"] = to_plain(chunk.tools);
    } else if (chunk.chunk_type == ChunkType::tool_result) {
        delta["tool_name"] = to_plain(chunk.tool_name);
        delta["tool_call_id"] = to_plain(chunk.tool_call_id);
        delta["success"] = to_plain(chunk.success);
    } else {
        return nb::none();
    }
    return delta;
}

nb::object chunk_dict(const Chunk& chunk) {
    nb::dict dict;
    dict["content"] = to_plain(chunk.chunk.content);
    dict["chunk_type"] = to_plain(chunk.chunk.chunk_type);
    dict["is_final"] = to_plain(chunk.chunk.is_final);
    dict["finish_reason"] = text_or_none(chunk.chunk.finish_reason);
    dict["model"] = text_or_none(chunk.chunk.model);
    dict["tool_call_delta"] = tool_call_delta(chunk.chunk);
    dict["thinking_delta"] = text_or_none(chunk.chunk.thinking_delta);
    if (chunk.response) dict["metadata"] = to_plain(chunk.response->metadata);
    return dict;
}

void bind_chunk(nb::module_& module) {
    nb::class_<Chunk>(module, "StreamChunk", "One piece of an answer.", nb::is_final())
        .def_prop_ro("content", [](const Chunk& chunk) { return to_plain(chunk.chunk.content); })
        .def_prop_ro("chunk_type", [](const Chunk& chunk) { return to_plain(chunk.chunk.chunk_type); })
        .def_prop_ro("is_final", [](const Chunk& chunk) { return chunk.chunk.is_final; })
        .def_prop_ro("finish_reason", [](const Chunk& chunk) { return text_or_none(chunk.chunk.finish_reason); })
        .def_prop_ro("model", [](const Chunk& chunk) { return text_or_none(chunk.chunk.model); })
        .def_prop_ro("tool_call_delta", [](const Chunk& chunk) { return tool_call_delta(chunk.chunk); })
        .def_prop_ro("thinking_delta", [](const Chunk& chunk) { return text_or_none(chunk.chunk.thinking_delta); })
        .def_prop_ro("metadata",
                     [](const Chunk& chunk) {
                         using Metadata = std::shared_ptr<ResponseMetadata>;
                         return chunk.response ? nb::cast(Metadata(chunk.response, &chunk.response->metadata))
                                               : nb::none();
                     })
        .def("to_dict", &chunk_dict, "The same as a dict of plain values.")
        .def("__repr__", [](const Chunk& chunk) {
            std::string text = "StreamChunk(";
            bool first = true;
            for (auto [key, value] : nb::cast<nb::dict>(chunk_dict(chunk))) {
                if (value.is_none() || nb::cast<std::string>(key) == "metadata") continue;
                text += (first ? "" : ", ") + nb::cast<std::string>(key) + "=" + nb::cast<std::string>(nb::repr(value));
                first = false;
            }
            return to_plain(text + ")");
        });
}

void bind_attachment(nb::module_& module) {
    nb::class_<Attachment>(
        module, "Attachment",
        "An image or a document that goes with a message. Exactly one of data, url and file_id is given.",
        nb::is_final())
        .def(
            "__init__",
            [](Attachment* self, nb::handle media_type, nb::handle data, nb::handle url, nb::handle file_id,
               nb::handle title) {
                const auto text = [](nb::handle value, const char* field) {
                    return value.is_none() ? std::string{} : utf8(value, field);
                };
                Attachment made;
                made.media_type = text(media_type, "media_type");
                if (nb::isinstance<nb::bytes>(data)) {
                    const auto bytes = nb::cast<nb::bytes>(data);
                    made.data.assign(bytes.c_str(), bytes.size());
                } else if (!data.is_none()) {
                    throw_config("data must be bytes, not encoded.");
                }
                made.url = text(url, "url");
                made.file_id = text(file_id, "file_id");
                made.title = text(title, "title");
                new (self) Attachment(std::move(made));
            },
            nb::arg("media_type").none() = nb::none(), nb::arg("data").none() = nb::none(),
            nb::arg("url").none() = nb::none(), nb::arg("file_id").none() = nb::none(),
            nb::arg("title").none() = nb::none())
        .def_prop_ro("media_type", [](const Attachment& value) { return to_plain(value.media_type); })
        .def_prop_ro("data", [](const Attachment& value) { return nb::bytes(value.data.data(), value.data.size()); })
        .def_prop_ro("url", [](const Attachment& value) { return to_plain(value.url); })
        .def_prop_ro("file_id", [](const Attachment& value) { return to_plain(value.file_id); })
        .def_prop_ro("title", [](const Attachment& value) { return to_plain(value.title); })
        .def("__repr__", [](const Attachment& value) {
            // The bytes themselves would drown a log.
            const std::string source = !value.data.empty()  ? std::to_string(value.data.size()) + " bytes"
                                       : !value.url.empty() ? "url=" + value.url
                                                            : "file_id=" + value.file_id;
            return to_plain("Attachment(" + value.media_type + ", " + source + ")");
        });
}

}  // namespace

nb::object plain(const SessionStats& stats) { return to_plain(stats); }
nb::object plain(const DualProcessStats& stats) { return to_plain(stats); }
nb::object plain(const CostReport& report) { return to_plain(report); }
nb::object text(std::string_view bytes) { return to_plain(bytes); }

void bind_values(nb::module_& module) {
    bind_value<Attempt>(module, "Attempt", "One request to a provider within a turn.");
    bind_value<ThinkingReport>(module, "ThinkingReport", "What was asked of the model's extended thinking, and why.");
    bind_value<RoutingReport>(module, "RoutingReport", "Which model was chosen, and why.");
    bind_value<ResponseMetadata>(module, "ResponseMetadata", "What a turn used, cost and decided.");
    bind_value<Response>(module, "Response", "The answer of one turn.")
        .def_prop_ro("_notices", [](const Response& response) {
            return response.metadata.notices.empty() ? nb::none() : to_plain(response.metadata.notices);
        });
    bind_value<ProviderStatus>(module, "ProviderStatus",
                               "A registered provider, and where its credential comes from; never the secret.");
    bind_value<ModelSummary>(module, "ModelSummary", "One row of the model catalogue.");
    bind_value<RequestPreview>(module, "RequestPreview",
                               "The request that a turn would send; credentials are not shown.");
    bind_chunk(module);
    bind_attachment(module);
}

}  // namespace cortex::py
