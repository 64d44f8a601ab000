#include "bedrock_faults.hpp"

#include "checks.hpp"

namespace emulator {

namespace {

using Kind = FrameFault::Kind;

std::size_t after_events(const json::object& object, const std::string& path) {
    const std::int64_t number = integer_of(object, "after_events").value_or(0);
    if (number < 0) {
        refuse(join(path, "after_events"), "Input should be greater than or equal to 0");
    }
    return static_cast<std::size_t>(number);
}

std::string_view usual_message(std::string_view type) {
    if (type == "throttlingException") {
        return "Too many requests, please wait before trying again.";
    }
    if (type == "modelTimeoutException") {
        return "Model processing timeout.";
    }
    if (type == "serviceUnavailableException") {
        return "Bedrock is unable to process your request.";
    }
    return "The system encountered an unexpected error during processing. Try your request again.";
}

FrameFault read_exception(const json::value& value, const std::string& path) {
    const json::object& object = want_object(value, path);
    only_fields(object, path, {"type", "message", "after_events", "original_status", "original_message"});
    FrameFault fault;
    fault.kind = Kind::exception;
    fault.type = want_string(require(object, "type", path), join(path, "type"));
    one_of(fault.type, join(path, "type"),
           {"internalServerException", "modelStreamErrorException", "modelTimeoutException",
            "serviceUnavailableException", "throttlingException", "validationException"});
    fault.message = object.contains("message") ? text_of(object, "message") : std::string(usual_message(fault.type));
    fault.after_events = after_events(object, path);
    fault.original_status = static_cast<int>(integer_of(object, "original_status").value_or(0));
    fault.original_message = text_of(object, "original_message");
    return fault;
}

FrameFault read_error_frame(const json::value& value, const std::string& path) {
    const json::object& object = want_object(value, path);
    only_fields(object, path, {"code", "message", "after_events"});
    FrameFault fault;
    fault.kind = Kind::error;
    fault.type = want_string(require(object, "code", path), join(path, "code"));
    fault.message = text_of(object, "message");
    fault.after_events = after_events(object, path);
    return fault;
}

FrameFault read_bad_frame(const json::value& value, const std::string& path) {
    const json::object& object = want_object(value, path);
    only_fields(object, path, {"kind", "after_events"});
    const std::string kind(want_string(require(object, "kind", path), join(path, "kind")));
    one_of(kind, join(path, "kind"), {"message_crc", "prelude_crc", "payload", "length", "cut"});
    FrameFault fault;
    fault.kind = kind == "message_crc"   ? Kind::message_crc
                 : kind == "prelude_crc" ? Kind::prelude_crc
                 : kind == "payload"     ? Kind::payload
                 : kind == "length"      ? Kind::length
                                         : Kind::cut;
    fault.after_events = after_events(object, path);
    return fault;
}

}  // namespace

FrameFault read_frame_fault(const json::object& step, const std::string& path) {
    const json::value* exception = member(step, "exception");
    const json::value* error = member(step, "error_frame");
    const json::value* bad = member(step, "bad_frame");
    if ((exception != nullptr ? 1 : 0) + (error != nullptr ? 1 : 0) + (bad != nullptr ? 1 : 0) > 1) {
        refuse(path, "a step has one of `exception`, `error_frame` and `bad_frame`");
    }
    if (exception != nullptr) {
        return read_exception(*exception, join(path, "exception"));
    }
    if (error != nullptr) {
        return read_error_frame(*error, join(path, "error_frame"));
    }
    return bad != nullptr ? read_bad_frame(*bad, join(path, "bad_frame")) : FrameFault{};
}

}  // namespace emulator
