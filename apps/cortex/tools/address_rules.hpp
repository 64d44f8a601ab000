#pragma once

#include <string>

struct sockaddr;

namespace cortex::cli {

/// Whether a program that fetches what a stranger names may connect to this address. Only addresses of the public internet may
/// be: what is private, of this machine, of this link, multicast, reserved or for documentation may not, in whatever form it
/// is written (mapped, compatible, translated by NAT64). Returns what the address is ("a private address (10.0.0.0/8)"), or ""
/// where it may be connected to. `allow_loopback` lets 127.0.0.0/8 and ::1 pass.
/// Source: the special-purpose address registries of IANA (RFC 6890), as of 2025.
std::string forbidden_address(const sockaddr* address, bool allow_loopback);

}  // namespace cortex::cli
