// What signing a request to Bedrock costs, by the size of its body, beside the hash of that body alone, which nobody can
// avoid. bench/botocore_sigv4.py signs the same requests with AWS's own Python.
//
//   bench_sigv4 --benchmark_repetitions=5 --benchmark_report_aggregates_only=true

#include "auth/aws/sigv4.hpp"
#include "auth/aws/sigv4_hash.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <memory>
#include <string>

namespace {

using cortex::Credential;
using cortex::HttpRequest;
using cortex::Secret;
using cortex::auth::aws::SigningScope;

const SigningScope bedrock{"us-east-1", "bedrock"};

HttpRequest request_of(std::size_t body_bytes) {
    return {.url = "https://bedrock-runtime.us-east-1.amazonaws.com/model/"
                   "us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/invoke-with-response-stream",
            .headers = {{"content-type", "application/json"}},
            .body = std::make_shared<const std::string>(body_bytes, 'x')};
}

Credential keys() {
    return {.kind = Credential::Kind::aws_keys,
            .secret = Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            .access_key_id = "AKIDEXAMPLE",
            .session_token = Secret(std::string(800, 't'))};
}

void sign(benchmark::State& state) {
    HttpRequest request = request_of(static_cast<std::size_t>(state.range(0)));
    const Credential credential = keys();
    const cortex::WallTime now{std::chrono::seconds(1'795'867'200)};
    for (auto step : state) {
        cortex::auth::aws::sign(request, credential, bedrock, now);
        benchmark::DoNotOptimize(request.headers.data());
    }
}

/// The first request of a day, region and service: its key is derived, too.
void sign_with_a_new_key(benchmark::State& state) {
    HttpRequest request = request_of(static_cast<std::size_t>(state.range(0)));
    const Credential credential = keys();
    cortex::WallTime now{std::chrono::seconds(1'795'867'200)};
    for (auto step : state) {
        now += std::chrono::days(1);
        cortex::auth::aws::sign(request, credential, bedrock, now);
        benchmark::DoNotOptimize(request.headers.data());
    }
}

void hash_of_the_body(benchmark::State& state) {
    const HttpRequest request = request_of(static_cast<std::size_t>(state.range(0)));
    for (auto step : state) {
        auto digest = cortex::auth::aws::sha256(*request.body);
        benchmark::DoNotOptimize(digest);
    }
}

BENCHMARK(sign)->Arg(100)->Arg(10'000)->Arg(1'000'000);
BENCHMARK(sign_with_a_new_key)->Arg(10'000);
BENCHMARK(hash_of_the_body)->Arg(100)->Arg(10'000)->Arg(1'000'000);

}  // namespace

BENCHMARK_MAIN();
