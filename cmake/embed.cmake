# Writes OUTPUT, a C++ source that holds the bytes of INPUT as cortex::embedded::SYMBOL.
file(READ "${INPUT}" hex HEX)
string(LENGTH "${hex}" digits)
math(EXPR size "${digits} / 2")
# A literal of many short pieces, which the compiler joins. Every byte is escaped, so a piece ends where its last escape does
# and no character can be taken for part of the one before. (Two steps: CMake's expressions know no counts.)
string(REPEAT "." 64 piece)
string(REGEX REPLACE "(${piece})" "\\1\"\n\"" pieces "${hex}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" pieces "${pieces}")
file(WRITE "${OUTPUT}" "#include <string_view>

// Every compiler of this project joins far longer literals than the standard asks for.
#pragma GCC diagnostic ignored \"-Woverlength-strings\"

namespace cortex::embedded {

extern const std::string_view ${SYMBOL};
constinit const std::string_view ${SYMBOL}(
\"${pieces}\",
${size});

}  // namespace cortex::embedded
")
