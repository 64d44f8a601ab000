#pragma once

#include "core/model_call.hpp"
#include "core/result.hpp"
#include "schema/schema.hpp"

#include <cortex/tool.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cortex::agent {

/// The tools of one agent, checked and compiled once. Immutable; shared by all its sessions.
class ToolSet {
public:
    struct Entry {
        Tool tool;
        schema::Schema schema;
    };

    /// Fails with a ConfigError that names the tool and what is wrong with it: a name that vendors refuse or that occurs twice, a
    /// schema that is no object schema or holds what cannot be checked (with its path), a limit out of range.
    static Result<std::shared_ptr<const ToolSet>> create(std::vector<Tool> tools);

    const std::vector<Entry>& entries() const noexcept { return entries_; }
    bool empty() const noexcept { return entries_.empty(); }
    const Entry* find(std::string_view name) const noexcept;
    /// As models are told of them.
    std::vector<ToolDefinition> definitions() const;
    /// The parameters of all tools together.
    std::size_t parameters() const noexcept { return parameters_; }
    /// All names, for a sentence.
    std::string names() const;

private:
    std::vector<Entry> entries_;
    std::unordered_map<std::string, std::size_t> by_name_;
    std::size_t parameters_ = 0;
};

}  // namespace cortex::agent
