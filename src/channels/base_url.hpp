#pragma once

#include "core/http.hpp"
#include "core/result.hpp"

#include <string>
#include <string_view>

namespace cortex::channels {

/// A base URL as requests are built on it: http or https with a host, without a trailing slash. Fails with a
/// ConfigError that names `field` for anything else: another scheme, user info, a query or fragment, white space. The
/// URL itself is quoted only where it holds no user info. Whether plain http may be used is the transport's decision.
Result<std::string> checked_base_url(std::string_view url, std::string_view field);

/// Moves a request that was built on `from` to `to`.
void move_request(HttpRequest& request, std::string_view from, std::string_view to);

/// Sets a header, in place of one of that name.
void set_header(std::vector<HttpHeader>& headers, std::string_view name, std::string_view value);

}  // namespace cortex::channels
