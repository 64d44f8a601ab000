#include "form.hpp"

#include "crypto.hpp"
#include "text_util.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace emulator {

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : text) {
        if (unreserved.find(c) != std::string_view::npos) {
            encoded += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            encoded += {'%', digits[byte >> 4U], digits[byte & 15U]};
        }
    }
    return encoded;
}

std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus_is_space) {
            plain += ' ';
        } else if (text[i] != '%') {
            plain += text[i];
        } else {
            unsigned byte = 0;
            const char* begin = text.data() + i + 1;
            if (i + 2 >= text.size() || std::from_chars(begin, begin + 2, byte, 16).ptr != begin + 2) {
                return std::nullopt;
            }
            plain += static_cast<char>(static_cast<unsigned char>(byte));
            i += 2;
        }
    }
    return plain;
}

std::optional<Form> read_form(std::string_view text) {
    Form form;
    for (const std::string_view part : split(text, '&')) {
        if (part.empty()) {
            continue;
        }
        const std::size_t equals = std::min(part.find('='), part.size());
        std::optional<std::string> name = percent_decoded(part.substr(0, equals), true);
        std::optional<std::string> value = percent_decoded(part.substr(std::min(equals + 1, part.size())), true);
        if (!name || !value || !form.emplace(std::move(*name), std::move(*value)).second) {
            return std::nullopt;
        }
    }
    return form;
}

Form query_of(const HttpRequest& request) {
    const std::size_t question = request.target.find('?');
    return question == std::string::npos
               ? Form()
               : read_form(std::string_view(request.target).substr(question + 1)).value_or(Form());
}

std::string field(const Form& form, std::string_view name) {
    const auto found = form.find(name);
    return found == form.end() ? std::string() : found->second;
}

void mask_token_request(HttpRequest& request) {
    constexpr std::array<std::string_view, 4> secret{"assertion", "client_secret", "refresh_token", "subject_token"};
    std::string masked;
    for (const std::string_view part : split(std::string_view(request.body), '&')) {
        const std::size_t equals = std::min(part.find('='), part.size());
        const bool hide = std::find(secret.begin(), secret.end(), part.substr(0, equals)) != secret.end();
        masked += masked.empty() ? "" : "&";
        masked += hide ? std::string(part.substr(0, equals)) + "=sha256%3A" +
                             hex(bytes_of(sha256(part.substr(std::min(equals + 1, part.size()))))).substr(0, 12)
                       : std::string(part);
    }
    request.body = masked;
}

}  // namespace emulator
