# Writes OUTPUT, a C++ source that holds the bytes of INPUT as cortex::embedded::SYMBOL.
file(READ "${INPUT}" hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" escaped "${hex}")
# A literal of many short pieces: compilers join them, and each stays below every limit on one literal.
string(REGEX REPLACE "((\\\\x[0-9a-f][0-9a-f])(\\\\x[0-9a-f][0-9a-f]?)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?(\\\\x..)?)" "\"\\1\"\n" lines "${escaped}")
string(LENGTH "${hex}" digits)
math(EXPR size "${digits} / 2")
file(WRITE "${OUTPUT}" "#include <string_view>\n\nnamespace cortex::embedded {\n\nextern const std::string_view ${SYMBOL};\nconst std::string_view ${SYMBOL}(\n${lines},\n${size});\n\n}  // namespace cortex::embedded\n")
