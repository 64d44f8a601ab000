#include "recorder.hpp"

#include "crypto.hpp"
#include "text_util.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>

namespace emulator {

namespace {

constexpr std::size_t kept_records = 10'000;  // a load test must not fill the memory

bool is_secret(std::string_view name) {
    constexpr std::array<std::string_view, 8> names{"authorization",        "x-api-key", "api-key",
                                                    "proxy-authorization",  "cookie",    "x-goog-api-key",
                                                    "x-amz-security-token", "set-cookie"};
    return std::any_of(names.begin(), names.end(),
                       [name](std::string_view secret) { return same_ignoring_case(name, secret); });
}

std::string masked(std::string_view value) {
    const std::size_t space = value.find(' ');
    const std::string scheme =
        space == std::string_view::npos ? std::string() : std::string(value.substr(0, space + 1));
    return scheme + "sha256:" + hex(bytes_of(sha256(value.substr(scheme.size())))).substr(0, 12);
}

json::object to_json(const Record& record) {
    json::object headers;
    for (const auto& [name, value] : record.request.headers) {
        const std::string key = lower(name);
        if (json::value* earlier = headers.if_contains(key)) {
            *earlier = std::string(earlier->get_string()) + ", " + value;
        } else {
            headers[key] = value;
        }
    }
    json::object object{{"number", record.number},
                        {"time", record.time},
                        {"connection", record.request.connection},
                        {"method", record.request.method},
                        {"target", record.request.target},
                        {"headers", std::move(headers)},
                        {"status", record.status},
                        {"scripted", record.scripted},
                        {"finished", record.finished},
                        {"disconnected", record.disconnected},
                        {"bytes_sent", record.bytes_sent}};
    const std::string& body = record.request.body;
    if (is_utf8(body)) {
        object["body"] = body;
    } else {
        object["body_base64"] = base64(body);
    }
    boost::system::error_code error;
    json::value parsed = json::parse(body, error);
    object["json"] = error ? json::value(nullptr) : std::move(parsed);
    return object;
}

}  // namespace

void Recorder::write_to(const std::string& path) {
    file_.open(path, std::ios::app | std::ios::binary);
    if (!file_) {
        throw std::runtime_error("cannot write to " + path);
    }
}

std::shared_ptr<Record> Recorder::begin(const HttpRequest& request) {
    auto record = std::make_shared<Record>();
    record->number = ++total_;
    record->time = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    record->request = request;
    if (!keep_secrets_) {
        for (auto& [name, value] : record->request.headers) {
            if (is_secret(name)) {
                value = masked(value);
            }
        }
    }
    ++by_route_[request.method + " " + std::string(request.path())];
    records_.push_back(record);
    if (records_.size() > kept_records) {
        records_.pop_front();
    }
    return record;
}

void Recorder::finish(const std::shared_ptr<Record>& record) {
    record->finished = true;
    disconnects_ += record->disconnected ? 1U : 0U;
    if (file_.is_open()) {
        file_ << json::serialize(to_json(*record)) << '\n' << std::flush;
    }
}

json::array Recorder::list() const {
    json::array all;
    for (const auto& record : records_) {
        all.push_back(to_json(*record));
    }
    return all;
}

}  // namespace emulator
