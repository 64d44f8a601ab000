#pragma once

#include "loopback_server.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace cortex::net::test {

/// A certificate authority made for one test, its certificate in a file of its own.
class TestAuthority {
public:
    TestAuthority();
    ~TestAuthority();
    TestAuthority(const TestAuthority&) = delete;
    TestAuthority& operator=(const TestAuthority&) = delete;

    /// The CA's certificate (PEM).
    std::string file() const { return (folder_ / "ca.pem").string(); }
    /// A directory in which OpenSSL finds it by its hash.
    std::string directory() const { return folder_.string(); }
    /// TLS for a server whose certificate is for this DNS name. `highest` caps the protocol version (0: no cap).
    StreamFactory tls_server(const std::string& name, int highest = 0) const;

private:
    struct Keys;
    std::unique_ptr<Keys> keys_;
    std::filesystem::path folder_;
};

}  // namespace cortex::net::test
