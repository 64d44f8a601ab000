#pragma once
// gzip (RFC 1952) that can be flushed after every piece, so that a compressed stream stays a stream.

#include <memory>
#include <string>
#include <string_view>

namespace emulator {

class GzipWriter {
public:
    GzipWriter();
    ~GzipWriter();
    GzipWriter(GzipWriter&&) noexcept;
    GzipWriter& operator=(GzipWriter&&) noexcept;

    /// The compressed bytes of this piece, readable without the next one.
    [[nodiscard]] std::string add(std::string_view piece);

    /// The end of the stream with its checksum.
    [[nodiscard]] std::string finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace emulator
