#pragma once

#include "core/json.hpp"
#include "core/result.hpp"
#include "core/world.hpp"

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cortex::auth::google {

/// Reads the fields of one JSON object and remembers what is wrong with them, so that one message names everything that is
/// missing. No value ever gets into a message: it may be a secret. The object must outlive the reader.
class FieldReader {
public:
    /// `remedy`: the sentence that closes every message ("Run `gcloud auth application-default login` again.").
    FieldReader(const JsonObject& object, std::string file, std::string remedy);

    std::string need(std::string_view name);                     ///< "" where it is missing, empty or no text: see `failed`.
    std::string text(std::string_view name);                     ///< "" where it is absent or null.
    std::optional<std::int64_t> integer(std::string_view name);  ///< Also a number written as text.
    std::optional<bool> boolean(std::string_view name);
    std::optional<FieldReader> object(std::string_view name);    ///< Failures of the part are failures of the whole.
    std::vector<std::string> texts(std::string_view name);
    bool has(std::string_view name) const noexcept;

    /// A failure of our own finding: "the field NAME of FILE WHAT."
    void wrong(std::string_view name, std::string_view what);
    /// "the field NAME of FILE"
    std::string where(std::string_view name) const;

    const std::string& file() const noexcept { return file_; }
    const std::string& remedy() const noexcept { return remedy_; }
    const JsonObject& json() const noexcept { return *object_; }
    bool failed() const noexcept;
    /// What was wrong first; all names where fields were missing.
    ErrorInfo error() const;

private:
    struct Found {
        std::vector<std::string> missing = {};
        std::string wrong = {};
    };
    FieldReader(const FieldReader& whole, const JsonObject& part, std::string_view name);
    const JsonValue* member(std::string_view name) const noexcept;

    const JsonObject* object_;
    std::string file_;
    std::string remedy_;
    std::string prefix_ = {};
    std::shared_ptr<Found> found_;
};

/// A credential file in memory.
struct CredentialFile {
    std::string path = {};
    JsonValue json = {};   ///< An object.
    std::string type = {};

    const JsonObject& object() const { return json.get_object(); }
};

/// The file at `path`, nothing where there is none. `named_by` ends the sentence of an error ("GOOGLE_APPLICATION_CREDENTIALS names
/// it"). Fails with a ProviderAuthError for what cannot be read, is no JSON object (with line and column), or has no `type`.
Result<std::optional<CredentialFile>> read_credential_file(const World& world, const std::string& path, std::string_view named_by);

/// The same for a text that was read already; for tests and fuzzing too.
Result<CredentialFile> parse_credential_file(std::string_view text, const std::string& path, std::string_view named_by);

/// A name out of a file, fit to be repeated in a message: letters, digits, `_`, `-`, `.`, `@` and at most 100 of them; else nothing.
std::optional<std::string> plain_name(std::string_view name);

/// The same for a project, which may have its domain before it ("example.com:project").
bool is_project_name(std::string_view name);

}  // namespace cortex::auth::google
