#include "gemini_answer.hpp"
#include "text_util.hpp"

namespace emulator {

namespace {

constexpr std::size_t piece_bytes = 7;

class Splitter {
public:
    void walk(const json::value& value, const std::string& path) {
        if (const json::object* object = value.if_object()) {
            for (const auto& item : *object) {
                walk(item.value(), path + "." + std::string(item.key()));
            }
        } else if (const json::array* array = value.if_array()) {
            std::size_t index = 0;
            for (const json::value& item : *array) {
                walk(item, path + "[" + std::to_string(index++) + "]");
            }
        } else if (value.is_string()) {
            text(std::string(value.get_string()), path);
        } else if (value.is_bool()) {
            add({{"jsonPath", path}, {"boolValue", value}});
        } else if (value.is_null()) {
            add({{"jsonPath", path}, {"nullValue", "NULL_VALUE"}});
        } else {
            add({{"jsonPath", path}, {"numberValue", value}});
        }
    }

    [[nodiscard]] std::vector<json::object> take() { return std::move(parts_); }

private:
    void text(const std::string& whole, const std::string& path) {
        const std::vector<std::string_view> list = pieces(whole, piece_bytes);
        for (std::size_t i = 0; i < list.size(); ++i) {
            json::object piece{{"jsonPath", path}, {"stringValue", list[i]}};
            if (i + 1 < list.size()) {
                piece["willContinue"] = true;
            }
            add(std::move(piece));
        }
        if (list.empty()) {
            add({{"jsonPath", path}, {"stringValue", ""}});
        }
    }

    void add(json::object piece) {
        parts_.push_back(
            {{"functionCall", json::object{{"partialArgs", json::array{std::move(piece)}}, {"willContinue", true}}}});
    }

    std::vector<json::object> parts_;
};

}  // namespace

std::vector<json::object> partial_call(const json::object& part) {
    const json::object& call = object_in(part, "functionCall");
    json::object first = part;
    json::object head = call;
    head.erase("args");
    head["willContinue"] = true;
    first["functionCall"] = std::move(head);
    Splitter splitter;
    splitter.walk(json::value(object_in(call, "args")), "$");
    std::vector<json::object> parts{std::move(first)};
    const std::vector<json::object> pieces_of_it = splitter.take();
    parts.insert(parts.end(), pieces_of_it.begin(), pieces_of_it.end());
    parts.push_back({{"functionCall", json::object()}});
    return parts;
}

}  // namespace emulator
