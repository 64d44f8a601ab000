#include "auth/google/impersonated_account.hpp"

#include "auth/google/kinds.hpp"

#include <utility>

namespace cortex::auth::google {
namespace {

struct Plan {
    Impersonation target = {};
    FieldReader source;
    std::string source_type = {};
};

Result<Plan> read(const World& world, FieldReader fields) {
    Impersonation target;
    read_impersonation_url(fields, target);
    target.delegates = fields.texts("delegates");
    target.quota_project = quota_project(world, fields);
    auto source = fields.object("source_credentials");
    if (!fields.has("source_credentials")) fields.need("source_credentials");
    std::string type = source ? source->need("type") : std::string();
    // The call is the source's own, so its project pays where it has one (google-auth 2.63.0 impersonated_credentials.py).
    if (source) {
        quota_project(world, *source);   // for its form
        if (std::string own = source->text("quota_project_id"); !own.empty()) target.quota_project = std::move(own);
    }
    if (fields.failed() || !source) return fields.error();
    return Plan{.target = std::move(target), .source = std::move(*source), .source_type = std::move(type)};
}

}  // namespace

Result<Token> impersonated_account_token(Flow& flow, const FieldReader& fields, std::string_view scope) {
    Result<Plan> plan = read(flow.world, fields);
    if (!plan) return std::move(plan).error();
    Result<Token> source = token_of(flow, plan->source, plan->source_type, cloud_platform_scope, true);
    if (!source) return source;
    return impersonate(flow, plan->target, *source, scope);
}

Result<void> check_impersonated_account(const World& world, const AdcOptions& options, const FieldReader& fields) {
    Result<Plan> plan = read(world, fields);
    if (!plan) return std::move(plan).error();
    return check_token_of(world, options, plan->source, plan->source_type, true);
}

}  // namespace cortex::auth::google
