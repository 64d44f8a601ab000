#pragma once

#include <cortex/cortex.hpp>

#include <nanobind/nanobind.h>

#include <memory>

namespace cortex::py {

/// A chunk as Python sees it: the last one carries its turn's metadata.
struct Chunk {
    StreamChunk chunk;
    std::shared_ptr<Response> response;   ///< Only in the last chunk.
};

/// `Response`, `ResponseMetadata`, `StreamChunk`, `ProviderStatus`, ...: plain objects with attributes.
void bind_values(nanobind::module_& module);

/// A described value as a dict of plain values.
nanobind::object plain(const SessionStats& stats);

}  // namespace cortex::py
