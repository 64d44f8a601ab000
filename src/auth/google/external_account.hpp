#pragma once

#include "auth/google/credential_file.hpp"
#include "auth/google/flow.hpp"
#include "auth/google/impersonation.hpp"
#include "core/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cortex::auth::google {

/// Where the subject token of a workload comes from.
enum class SubjectKind { file, url, executable, aws };

/// `external_account`: workload and workforce identity federation. A token of another identity provider, the subject token, is
/// exchanged for one of Google's, and that, where the file says so, for one of a service account.
struct ExternalAccount {
    std::string file = {};
    std::string audience = {};
    std::string subject_token_type = {};
    std::string token_url = {};
    std::string client_id = {};
    Secret client_secret = {};
    std::string workforce_project = {};
    SubjectKind kind = SubjectKind::file;
    FieldReader source;   ///< `credential_source`
    std::optional<Impersonation> impersonation = {};
};

Result<ExternalAccount> read_external_account(const World& world, FieldReader fields, const std::string& universe);
/// Also what can be said of the source itself without network or program.
Result<void> check_external_account(const World& world, const ExternalAccount& account);
Result<Token> external_account_token(Flow& flow, const ExternalAccount& account, std::string_view scope);

}  // namespace cortex::auth::google
