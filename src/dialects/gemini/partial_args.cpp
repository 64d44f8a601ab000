#include "dialects/gemini/partial_args.hpp"

#include <boost/json/serialize.hpp>

#include <charconv>
#include <optional>

namespace cortex::dialects::gemini {
namespace {

/// Deeper than any schema; nothing may be built that a parser would refuse.
constexpr int most_steps = 64;

/// The steps of a path such as `$.operations[0]['the name']`, one at a time.
class Path {
public:
    explicit Path(std::string_view text) : rest_(text) {
        good_ = rest_.starts_with('$');
        if (good_) rest_.remove_prefix(1);
    }
    bool good() const noexcept { return good_; }
    bool at_end() const noexcept { return rest_.empty(); }

    /// The next step: a place in an array, else a name.
    std::optional<std::size_t> index() noexcept {
        if (!rest_.starts_with('[') || rest_.size() < 2 || rest_[1] < '0' || rest_[1] > '9') return std::nullopt;
        std::size_t index = 0;
        const auto [end, error] = std::from_chars(rest_.data() + 1, rest_.data() + rest_.size(), index);
        if (error != std::errc() || end == rest_.data() + rest_.size() || *end != ']') return std::nullopt;
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()) + 1);
        return index;
    }
    std::optional<std::string_view> name() noexcept {
        if (rest_.starts_with('.')) {
            const std::string_view name = rest_.substr(1, rest_.find_first_of(".[", 1) - 1);
            rest_.remove_prefix(name.size() + 1);
            return name.empty() ? std::nullopt : std::optional(name);
        }
        if (rest_.size() < 4 || rest_[0] != '[' || (rest_[1] != '\'' && rest_[1] != '"')) return std::nullopt;
        const std::size_t end = rest_.find(rest_[1], 2);
        if (end == std::string_view::npos || end + 1 >= rest_.size() || rest_[end + 1] != ']') return std::nullopt;
        const std::string_view name = rest_.substr(2, end - 2);
        rest_.remove_prefix(end + 2);
        return name;
    }

private:
    std::string_view rest_;
    bool good_ = false;
};

/// The place that a path names, made where it is not there yet; null where it leads nowhere.
JsonValue* place(JsonValue& root, std::string_view text) {
    Path path(text);
    if (!path.good() || path.at_end()) return nullptr;
    JsonValue* here = &root;
    for (int steps = 0; !path.at_end(); ++steps) {
        if (steps == most_steps) return nullptr;
        if (const auto index = path.index()) {
            if (here->is_null()) here->emplace_array();
            // Elements arrive in order.
            if (!here->is_array() || *index > here->get_array().size()) return nullptr;
            if (*index == here->get_array().size()) here->get_array().emplace_back(nullptr);
            here = &here->get_array()[*index];
        } else if (const auto name = path.name()) {
            if (here->is_null()) here->emplace_object();
            if (!here->is_object()) return nullptr;
            here = &here->get_object()[*name];
        } else {
            return nullptr;
        }
    }
    return here;
}

bool goes_on(const JsonObject& piece) {
    const JsonValue* flag = json_member(piece, "willContinue");
    return flag != nullptr && flag->is_bool() && flag->get_bool();
}

}  // namespace

bool PartialArgs::take(const JsonArray& pieces) {
    for (const JsonValue& element : pieces) {
        const JsonObject* piece = element.if_object();
        if (piece == nullptr) return false;
        const std::string_view path = json_text_or_empty(*piece, "jsonPath");
        JsonValue* here = place(root_, path);
        if (here == nullptr) return false;
        if (const auto text = json_text(*piece, "stringValue")) {
            if (path == open_path_ && here->is_string())
                here->get_string().append(*text);
            else
                here->emplace_string().assign(*text);
        } else if (const JsonValue* number = json_member(*piece, "numberValue"); number != nullptr && number->is_number()) {
            *here = *number;
        } else if (const JsonValue* flag = json_member(*piece, "boolValue"); flag != nullptr && flag->is_bool()) {
            *here = flag->get_bool();
        } else if (piece->contains("nullValue")) {
            *here = nullptr;
        } else if (!goes_on(*piece)) {
            return false;
        }
        open_path_ = goes_on(*piece) ? path : std::string_view();
    }
    return true;
}

std::string PartialArgs::text() const { return boost::json::serialize(root_); }

}  // namespace cortex::dialects::gemini
