#pragma once

#include <cortex/run.hpp>

#include <cstddef>
#include <iterator>

namespace cortex {

/// The chunks of one answer as they arrive: a move-only, single-pass input range. Iterating blocks. A failure is thrown
/// from `++` (or `begin`) after every chunk that arrived was delivered; leaving the loop early cancels the turn.
/// Threads: one reader.
class CORTEX_API Stream {
public:
    class CORTEX_API iterator {
    public:
        using value_type = StreamChunk;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::input_iterator_tag;

        iterator() = default;
        const StreamChunk& operator*() const noexcept { return stream_->chunk_; }
        const StreamChunk* operator->() const noexcept { return &stream_->chunk_; }
        iterator& operator++() {
            stream_->advance();
            return *this;
        }
        void operator++(int) { ++*this; }
        friend bool operator==(const iterator& it, std::default_sentinel_t) noexcept { return it.at_end(); }

    private:
        friend class Stream;
        explicit iterator(Stream* stream) noexcept : stream_(stream) {}
        bool at_end() const noexcept { return stream_->ended_; }
        Stream* stream_ = nullptr;
    };

    Stream(Stream&&) noexcept = default;
    Stream& operator=(Stream&&) noexcept = default;
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    iterator begin();
    std::default_sentinel_t end() const noexcept { return {}; }

    /// The whole answer with its metadata; reads the rest of the stream first.
    Response response();
    /// The handle below, for hosts with a loop of their own.
    Run& run() noexcept { return run_; }

private:
    friend class Session;
    explicit Stream(Run run) noexcept : run_(std::move(run)) {}
    void advance();

    Run run_;
    StreamChunk chunk_ = {};
    bool started_ = false;
    bool ended_ = false;
};

}  // namespace cortex
