#include "brain/plain_text.hpp"

namespace cortex::brain {
namespace {

bool is_continuation(char byte) noexcept { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

/// U+00C0 to U+017F without their accents; '?' where the letter is another one, handled apart.
constexpr std::string_view latin =
    "aaaaaa?ceeeeiiiidnooooo*ouuuuy??aaaaaa?ceeeeiiiidnooooo/ouuuuy?yaaaaaaccccccccddddeeeeeeeeeegggg"
    "gggghhhhiiiiiiiiii??jjkkkllllllllllnnnnnnnnnoooooo??rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
static_assert(latin.size() == 0x180 - 0xC0);

char vietnamese(char32_t c) noexcept {
    if (c <= 0x1EB7) return 'a';
    if (c <= 0x1EC7) return 'e';
    if (c <= 0x1ECB) return 'i';
    if (c <= 0x1EE3) return 'o';
    if (c <= 0x1EF1) return 'u';
    return 'y';
}

/// The plain sign of a typographic one, or 0.
char sign(char32_t c) noexcept {
    switch (c) {
        case 0xA0:
        case 0x2002:
        case 0x2003:
        case 0x2009:
        case 0x202F:
        case 0x3000: return ' ';
        case 0xAB:
        case 0xBB:
        case 0x201C:
        case 0x201D:
        case 0x201E:
        case 0x300C:
        case 0x300D:
        case 0x300E:
        case 0x300F: return '"';
        case 0x2010:
        case 0x2011:
        case 0x2012:
        case 0x2013:
        case 0x2014:
        case 0x2212: return '-';
        case 0x3002:
        case 0xFF61:
        case 0x6D4:
        case 0x964: return '.';
        case 0x3001:
        case 0x60C:
        case 0xFF64: return ',';
        case 0x61F:
        case 0x37E: return '?';
        case 0xA1:
        case 0xBF: return ' ';
        case 0x61B: return ';';
        case 0x2026: return '.';
        default: return 0;
    }
}

/// Accents, vowel points, joiners, variation selectors, apostrophes: what writers leave out at will.
bool is_left_out(char32_t c) noexcept {
    return c == 0xB4 || c == 0x2018 || c == 0x2019 || c == 0x2BC || c == 0xAD || c == 0xFEFF ||
           (c >= 0x200B && c <= 0x200F) || (c >= 0x300 && c <= 0x36F) || (c >= 0x591 && c <= 0x5C7) ||
           (c >= 0x64B && c <= 0x652) || c == 0x640 || c == 0x670 || (c >= 0xFE00 && c <= 0xFE0F) || c == 0x93C;
}

void append_utf8(char32_t c, std::string& out) {
    const auto byte = [&out](char32_t value) { out += static_cast<char>(static_cast<unsigned char>(value)); };
    if (c < 0x80) {
        byte(c);
    } else if (c < 0x800) {
        byte(0xC0 | (c >> 6));
        byte(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        byte(0xE0 | (c >> 12));
        byte(0x80 | ((c >> 6) & 0x3F));
        byte(0x80 | (c & 0x3F));
    } else {
        byte(0xF0 | (c >> 18));
        byte(0x80 | ((c >> 12) & 0x3F));
        byte(0x80 | ((c >> 6) & 0x3F));
        byte(0x80 | (c & 0x3F));
    }
}

/// Lower case without accents for the scripts that have them; other characters as they are.
char32_t folded(char32_t c) noexcept {
    if (c >= 0x386 && c <= 0x3CE) {                    // Greek
        switch (c) {
            case 0x386:
            case 0x3AC: return 0x3B1;
            case 0x388:
            case 0x3AD: return 0x3B5;
            case 0x389:
            case 0x3AE: return 0x3B7;
            case 0x38A:
            case 0x390:
            case 0x3AA:
            case 0x3AF:
            case 0x3CA: return 0x3B9;
            case 0x38C:
            case 0x3CC: return 0x3BF;
            case 0x38E:
            case 0x3AB:
            case 0x3B0:
            case 0x3CB:
            case 0x3CD: return 0x3C5;
            case 0x38F:
            case 0x3CE: return 0x3C9;
            default: return c >= 0x391 && c <= 0x3A9 ? c + 0x20 : c;
        }
    }
    if (c >= 0x410 && c <= 0x42F) return c + 0x20;     // Cyrillic
    if (c == 0x401 || c == 0x451) return 0x435;
    if (c >= 0x400 && c <= 0x40F) return c + 0x50;
    if (c == 0x490) return 0x491;
    if (c == 0x622 || c == 0x623 || c == 0x625) return 0x627;   // Arabic: alef, ya, ta marbuta
    if (c == 0x649 || c == 0x6CC) return 0x64A;
    if (c == 0x629) return 0x647;
    if (c == 0x6A9) return 0x643;
    return c;
}

}  // namespace

Window window_of(std::string_view text, std::size_t head_bytes, std::size_t tail_bytes) noexcept {
    if (text.size() <= head_bytes + tail_bytes) return {text, {}};
    std::size_t head = head_bytes;
    while (head > 0 && is_continuation(text[head])) --head;
    std::size_t tail = text.size() - tail_bytes;
    while (tail < text.size() && is_continuation(text[tail])) ++tail;
    return {text.substr(0, head), text.substr(tail)};
}

char32_t next_character(std::string_view text, std::size_t& at) noexcept {
    const auto lead = static_cast<unsigned char>(text[at++]);
    if (lead < 0x80) return lead;
    const std::size_t more = lead >= 0xF0 && lead < 0xF8 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead >= 0xF8 || at + more > text.size()) return 0xFFFD;
    char32_t c = lead & (0x3FU >> more);
    for (std::size_t i = 0; i < more; ++i) {
        if (!is_continuation(text[at + i])) return 0xFFFD;
        c = (c << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
    }
    at += more;
    return c;
}

bool is_word(char32_t c) noexcept {
    if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (c < 0xC0) return c == 0xAA || c == 0xB5 || c == 0xBA;
    if (c == 0xD7 || c == 0xF7 || c == 0xFFFD) return false;
    if (c >= 0x2000 && c <= 0x2E7F) return false;      // signs, arrows, mathematics, dingbats
    if (c >= 0x3000 && c <= 0x303F) return c == 0x3005;
    if (c >= 0xFE00 && c <= 0xFFEF) return c >= 0xFF66 && c <= 0xFF9F;
    if (c == 0x60C || c == 0x61B || c == 0x61F || c == 0x6D4 || c == 0x964) return false;
    return c < 0x1F000 || c >= 0x20000;
}

void append_plain(std::string_view text, std::string& out) {
    const auto blank = [&out](char which) {
        if (out.empty() || out.back() == '\n') return;
        if (out.back() == ' ') {
            if (which == '\n') out.back() = which;
            return;
        }
        out += which;
    };
    for (std::size_t at = 0; at < text.size();) {
        char32_t c = next_character(text, at);
        if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;   // full width
        if (c < 0x80) {
            if (c >= 'A' && c <= 'Z') {
                out += static_cast<char>(c + 0x20);
            } else if (c == '\n') {
                blank('\n');
            } else if (c == ' ' || c < 0x20) {
                blank(' ');
            } else if (c != '\'') {
                out += static_cast<char>(c);
            }
            continue;
        }
        if (const char plain_sign = sign(c); plain_sign != 0) {
            if (plain_sign == ' ') {
                blank(' ');
            } else {
                out += plain_sign;
            }
        } else if (is_left_out(c)) {
            continue;
        } else if (c >= 0xC0 && c < 0x180) {
            switch (c) {
                case 0xDF: out += "ss"; break;
                case 0xC6:
                case 0xE6: out += "ae"; break;
                case 0x152:
                case 0x153: out += "oe"; break;
                case 0x132:
                case 0x133: out += "ij"; break;
                case 0xDE:
                case 0xFE: out += "th"; break;
                case 0xD7: out += '*'; break;
                case 0xF7: out += '/'; break;
                default: out += latin[c - 0xC0];
            }
        } else if (c >= 0x1EA0 && c <= 0x1EF9) {
            out += vietnamese(c);
        } else if (c == 0x1A0 || c == 0x1A1) {
            out += 'o';
        } else if (c == 0x1AF || c == 0x1B0) {
            out += 'u';
        } else if (c == 0x218 || c == 0x219) {
            out += 's';
        } else if (c == 0x21A || c == 0x21B) {
            out += 't';
        } else {
            append_utf8(folded(c), out);
        }
    }
}

std::string plain(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    append_plain(text, out);
    return out;
}

}  // namespace cortex::brain
