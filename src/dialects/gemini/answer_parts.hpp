#pragma once

#include "core/content.hpp"
#include "core/json.hpp"
#include "dialects/gemini/partial_args.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::dialects::gemini {

/// Collects the parts of one answer. A part that holds more than a plain text (a signature above all) stays a block of its
/// own, with its bytes as `raw`; plain texts that follow one another are deltas of one block, as are thoughts.
class AnswerParts {
public:
    /// What a part adds for the reader: a piece of the answer or of the thinking, or nothing.
    struct Piece {
        std::string_view text = {};
        bool thought = false;
    };

    /// `raw` is the text of `part`. `seed` tells this answer from others: ids are made of it for calls that come without
    /// one. Nothing is returned for a part that cannot be understood.
    std::optional<Piece> take(std::string_view raw, const JsonObject& part, std::string_view seed);
    std::vector<ContentBlock> finish() &&;

private:
    struct OpenCall {
        std::size_t block;    // where it stands
        PartialArgs args;
    };

    Piece take_text(std::string_view text, std::string_view raw, const JsonObject& part);
    bool take_call(std::string_view raw, const JsonObject& call, std::string_view seed);
    void close_call();

    std::vector<ContentBlock> blocks_ = {};
    std::optional<OpenCall> open_call_ = {};
    int calls_ = 0;
    bool mergeable_ = false;   // the last block is a plain text or thought, which may go on
};

}  // namespace cortex::dialects::gemini
