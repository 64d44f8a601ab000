#pragma once

#include "auth/aws/sigv4.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cortex::auth::aws {

struct HeaderView {
    std::string_view name;
    std::string_view value;
};

/// The headers' part of a canonical request.
struct CanonicalHeaders {
    std::string lines = {};   ///< "name:value\n" for each name, sorted.
    std::string names = {};   ///< "a;b;c"
};

/// Names in lower case; the values of one name joined by commas in the order given; white space trimmed and squeezed.
CanonicalHeaders canonical_headers(const std::vector<HeaderView>& headers);

/// Starts with a slash always. Dot segments and repeated slashes go first where they are to go; a slash at the end stays.
std::string canonical_path(std::string_view path, const SigningOptions& options);

/// `a=1&b=`: sorted by name, then by value. What is percent-encoded already stays so; what should be and is not becomes so.
std::string canonical_query(std::string_view query);

}  // namespace cortex::auth::aws
