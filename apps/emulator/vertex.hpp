#pragma once
// Claude on Google Vertex AI: its addresses, its body, its errors around the Messages API's own checks.

#include "anthropic.hpp"
#include "google_services.hpp"

#include <string>
#include <string_view>

namespace emulator {

/// An address of a publisher's model.
struct VertexPath {
    std::string project;
    std::string location;
    std::string publisher;
    std::string model;
    std::string verb;  ///< rawPredict, streamRawPredict
};

/// What one model is called on Vertex, and where it runs.
struct VertexModel {
    std::string_view id;
    std::string_view direct_id;
    bool regional = false;  ///< also in single regions, not only global, us and eu
};

/// Null for an id that Vertex does not have.
[[nodiscard]] const VertexModel* find_vertex_model(std::string_view id) noexcept;

/// A region's name, or global, us, eu.
[[nodiscard]] bool is_location(std::string_view text) noexcept;

class VertexApi {
public:
    VertexApi(AnthropicApi& messages, const GoogleServices& google) : messages_(messages), google_(google) {}

    [[nodiscard]] static bool serves(const HttpRequest& request);
    [[nodiscard]] static VertexPath read_path(std::string_view path);

    /// As AnthropicApi::answer.
    [[nodiscard]] Reply answer(const HttpRequest& request, const std::string& request_id, const Step* step,
                               bool& step_used);

    /// A scripted error, in the shape that the switches ask for, or Google's where its type is one of Google's words.
    [[nodiscard]] Reply scripted(const ErrorAnswer& error, std::string_view message,
                                 const std::string& request_id) const;

private:
    [[nodiscard]] HttpRequest direct_request(const HttpRequest& request, const VertexPath& path,
                                             const IssuedToken& caller) const;
    void check_quota_project(const HttpRequest& request, const IssuedToken& caller) const;
    [[nodiscard]] std::string find_place(const VertexPath& path, std::string_view id) const;
    [[nodiscard]] Reply shaped(Reply reply) const;

    AnthropicApi& messages_;
    const GoogleServices& google_;
};

/// Refuses what the Messages API has and Vertex has not: sources by address, code execution, fetching, MCP, fallbacks.
void check_vertex_body(const json::object& body);

}  // namespace emulator
