#pragma once

#include "core/http.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cortex::auth::google {

/// Why a credential file may not send a token or secret to that address, or "": https is asked for; plain http only to this machine
/// and to the metadata address 169.254.169.254, which cannot have it otherwise. A file that came from elsewhere could name any.
std::string_view unfit_url(std::string_view url);

/// This machine, or its metadata service: no proxy stands between.
bool is_local(std::string_view url);

/// Whether the URL's host is one of Google's token hosts.
bool is_google_host(std::string_view url);
bool is_loopback_url(std::string_view url);

/// Whether a header can carry it: visible ASCII and nothing else.
bool fits_header(std::string_view token) noexcept;

/// The host, with its port where that is not the usual one, for messages; never path and query.
std::string host_of(std::string_view url);

/// application/x-www-form-urlencoded, fields in order; those with an empty value are left out.
std::string form(const std::vector<std::pair<std::string_view, std::string_view>>& fields);

/// A POST of a form.
HttpRequest post_form(std::string url, std::string body);

}  // namespace cortex::auth::google
