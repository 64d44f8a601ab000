#pragma once

#include <cortex/cortex.hpp>

#include <nanobind/nanobind.h>

#include <memory>
#include <string_view>

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
nanobind::object plain(const DualProcessStats& stats);
nanobind::object plain(const CostReport& report);

/// Text as a str; bytes that are not UTF-8 become U+FFFD.
nanobind::object text(std::string_view bytes);

}  // namespace cortex::py
