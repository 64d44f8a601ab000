#include "dialects/openai_chat/error_body.hpp"

#include "dialects/openai_failure.hpp"

namespace cortex::dialects::openai_chat {
namespace {

/// The field in FastAPI's list of complaints: [{"loc":["body","x"],"msg":"..."}].
std::string field_of_complaint(const JsonArray& list) {
    const JsonObject* first = list.empty() ? nullptr : list.front().if_object();
    const JsonArray* place = first == nullptr ? nullptr : json_array(*first, "loc");
    const boost::json::string* field = place == nullptr || place->empty() ? nullptr : place->back().if_string();
    return field == nullptr ? std::string() : std::string(json_view(*field));
}

/// Routers tell what the server behind them said in `metadata`, and filters their reasons.
void take_metadata(const JsonObject& error, ErrorBody& body) {
    const JsonObject* metadata = json_object(error, "metadata");
    if (metadata == nullptr) return;
    if (const auto raw = json_text(*metadata, "raw"); raw && !raw->empty()) {
        if (!body.vendor.message.empty()) body.vendor.message += ": ";
        body.vendor.message += *raw;
    }
    const JsonArray* reasons = json_array(*metadata, "reasons");
    body.moderated = body.moderated || (reasons != nullptr && !reasons->empty());
}

}  // namespace

ErrorBody read_error(const JsonObject& object) {
    ErrorBody body{.vendor = read_openai_error(object), .param = blamed_member(object)};
    if (const JsonObject* error = json_object(object, "error")) {
        take_metadata(*error, body);
        if (body.vendor.type.empty()) body.vendor.type = json_text_or_empty(object, "type");
        // Azure: the filter that declined stands one level deeper.
        if (const JsonObject* inner = json_object(*error, "innererror"))
            body.moderated = body.moderated || json_text_or_empty(*inner, "code") == "ResponsibleAIPolicyViolation";
    }
    if (const JsonArray* list = json_array(object, "detail"); list != nullptr && body.param.empty())
        body.param = field_of_complaint(*list);
    return body;
}

ErrorBody read_error(std::string_view text, std::string_view content_type) {
    JsonParser parser;
    ErrorBody body;
    const JsonValue* value = parser.parse(text);
    const JsonObject* object = value == nullptr ? nullptr : value->if_object();
    if (value != nullptr && value->is_array() && !value->get_array().empty()) object = value->get_array().front().if_object();
    if (object != nullptr) body = read_error(*object);
    if (!body.vendor.readable) body.vendor.message = readable_text(text, content_type);
    return body;
}

}  // namespace cortex::dialects::openai_chat
