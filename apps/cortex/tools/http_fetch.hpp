#pragma once

#include <chrono>
#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

namespace cortex::cli {

struct FetchRules {
    bool allow_loopback = false;                  ///< 127.0.0.0/8 and ::1 may be asked too, on any port.
    std::chrono::milliseconds timeout{20'000};    ///< For all of it, redirects included.
    std::size_t most_bytes = 90'000;  ///< Of the answer; the rest is not fetched, and a last line says so.
    int most_redirects = 5;
    std::vector<std::string> resolve = {};  ///< "HOST:PORT:ADDRESS": names that are not looked up.
};

/// What a GET came to: a text for the model, or why there is none.
struct FetchAnswer {
    bool ok = false;
    std::string text = {};
};

/// Fetches a page that a stranger (a language model, a page that it has read) has named, for a program that may stand inside a
/// private network. http and https only, GET only, no credentials, no cookies, never through a proxy, text and JSON only, and only
/// addresses that `forbidden_address` lets pass. What is judged is the address of each connection at the moment when its socket is
/// made, at each redirect anew: a name that resolves to something else the second time gains nothing.
/// Ports other than 80 and 443 below 1024 are not asked. Blocks; `stop` ends it at once.
/// Threads: any number at once; libcurl (from 7.84 on) sets itself up under a lock.
FetchAnswer http_fetch(const std::string& url, const FetchRules& rules, const std::stop_token& stop);

}  // namespace cortex::cli
