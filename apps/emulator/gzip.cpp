#include "gzip.hpp"

#include <boost/beast/zlib/deflate_stream.hpp>
#include <boost/crc.hpp>

#include <cstdint>
#include <stdexcept>

namespace emulator {

namespace zlib = boost::beast::zlib;

struct GzipWriter::State {
    zlib::deflate_stream deflate;
    boost::crc_32_type checksum;
    std::uint32_t size = 0;
    bool started = false;

    std::string write(std::string_view bytes, zlib::Flush flush) {
        std::string out;
        if (!started) {
            started = true;
            out = std::string("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", 10);
        }
        zlib::z_params params;
        params.next_in = bytes.data();
        params.avail_in = bytes.size();
        while (true) {
            char buffer[16384];
            params.next_out = buffer;
            params.avail_out = sizeof buffer;
            boost::beast::error_code error;
            deflate.write(params, flush, error);
            out.append(buffer, sizeof buffer - params.avail_out);
            if (error == zlib::error::end_of_stream || error == zlib::error::need_buffers ||
                (!error && params.avail_out > 0)) {
                return out;
            }
            if (error) {
                throw std::runtime_error("compression failed: " + error.message());
            }
        }
    }
};

GzipWriter::GzipWriter() : state_(std::make_unique<State>()) {}
GzipWriter::~GzipWriter() = default;
GzipWriter::GzipWriter(GzipWriter&&) noexcept = default;
GzipWriter& GzipWriter::operator=(GzipWriter&&) noexcept = default;

std::string GzipWriter::add(std::string_view piece) {
    state_->checksum.process_bytes(piece.data(), piece.size());
    state_->size += static_cast<std::uint32_t>(piece.size());
    return state_->write(piece, zlib::Flush::sync);
}

std::string GzipWriter::finish() {
    std::string out = state_->write({}, zlib::Flush::finish);
    for (const std::uint32_t number : {static_cast<std::uint32_t>(state_->checksum.checksum()), state_->size}) {
        for (unsigned shift = 0; shift < 32; shift += 8) {
            out += static_cast<char>((number >> shift) & 0xFFU);
        }
    }
    return out;
}

}  // namespace emulator
