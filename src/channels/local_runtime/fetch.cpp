#include "channels/local_runtime/fetch.hpp"

#include "channels/local_runtime/child_process.hpp"
#include "channels/local_runtime/line_reader.hpp"
#include "channels/local_runtime/python.hpp"
#include "channels/local_runtime/scripts.hpp"
#include "core/json_writer.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <fstream>
#include <sstream>

namespace cortex::channels {

namespace {

constexpr std::chrono::milliseconds end_grace{5000};  // for the fetching program to end its own child and say so

std::string read_small(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    if (in) text << in.rdbuf();
    return std::move(text).str();
}

// The fetching program needs the user's proxy, certificate and index settings, and none of his vendors' keys.
bool is_vendor_secret(std::string_view name) {
    for (const std::string_view prefix : {"ANTHROPIC_", "OPENAI_", "AWS_", "GEMINI_", "GOOGLE_", "AZURE_"})
        if (name.starts_with(prefix)) return true;
    return name.ends_with("_API_KEY");
}

std::string to_json(const Home& home, const FetchJob& job) {
    const auto& weights = job.recipe.weights;
    JsonWriter out(8192);
    out.begin_object()
        .field("home", home.root().string())
        .field("name", weights.name)
        .field("file_bytes", static_cast<std::int64_t>(weights.file_bytes))
        .field("download_bytes", static_cast<std::int64_t>(weights.download_bytes))
        .field("sha256", weights.sha256)
        .field("hub_url", job.recipe.hub_url)
        .field("from_file", job.from_file.string())
        .field("runtime_only", job.runtime_only)
        .field("serve_from_runtime", job.serve_from_runtime)
        .field("license_text", std::string(embedded::local_model_license))
        .field("notice_text", std::string(embedded::local_model_notice));
    out.key("parts").begin_array();
    for (const auto& part : job.recipe.parts) {
        out.begin_object().field("package", part.package).field("version", part.version).field("member", part.member);
        out.key("sha256").begin_array().string(part.sha256).end_array().end_object();
    }
    out.end_array();
    out.key("runtime").begin_object();
    out.field("package", job.runtime.package).field("version", job.runtime.version).field("module", job.runtime.module);
    out.field("download_bytes", static_cast<std::int64_t>(job.runtime.download_bytes));
    out.field("installed_bytes", static_cast<std::int64_t>(job.runtime.installed_bytes));
    out.key("sha256").begin_array();
    for (const auto& value : job.runtime.sha256) out.string(value);
    out.end_array().end_object().end_object();
    return std::move(out).take() + "\n";
}

std::vector<std::string_view> split_tabs(std::string_view line) {
    std::vector<std::string_view> fields;
    for (std::size_t start = 0; start <= line.size();) {
        const auto end = std::min(line.find('\t', start), line.size());
        fields.push_back(line.substr(start, end - start));
        start = end + 1;
    }
    return fields;
}

ErrorCode code_named(std::string_view name) {
    for (const auto code : {ErrorCode::config, ErrorCode::storage, ErrorCode::network, ErrorCode::protocol, ErrorCode::cancelled})
        if (to_string(code) == name) return code;
    return ErrorCode::unknown;
}

ErrorInfo fetch_error(std::string_view code_name, std::string_view message) {
    ErrorInfo error{.code = code_named(code_name), .message = std::string(message)};
    error.retryable = error.code == ErrorCode::network || message.find("at this moment") != std::string_view::npos;
    return error;
}

}  // namespace

Result<void> fetch(const Home& home, const FetchJob& job) {
    if (job.stop.stop_requested())
        return ErrorInfo{.code = ErrorCode::cancelled, .message = "Fetching was cancelled before it began."};
    const auto python = find_python();
    if (!python) return python.error();

    std::error_code trouble;
    std::filesystem::create_directories(home.log(), trouble);
    ChildSpec spec;
    spec.argv = python_command(*python, embedded::local_pull_script, "cortex-local-pull");
    spec.environment = environment_without(is_vendor_secret);
    spec.log = home.log() / "pull-program.log";
    spec.death_signal = SIGTERM;  // so that it can end pip too
    auto started = ChildProcess::spawn(spec);
    if (!started) return started.error();
    ChildProcess child = std::move(started).value();

    const Descriptor wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    const std::stop_callback on_stop(job.stop, [fd = wake.get()] { ::eventfd_write(fd, 1); });

    std::optional<ErrorInfo> error;
    bool done = false;
    if (child.send(std::string(embedded::local_pull_script) + to_json(home, job))) {
        LineReader lines(child.output());
        bool stopping = false;
        while (true) {
            std::array<pollfd, 2> watched{pollfd{.fd = child.output(), .events = POLLIN, .revents = 0},
                                          pollfd{.fd = stopping ? -1 : wake.get(), .events = POLLIN, .revents = 0}};
            if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) break;
            if (watched[1].revents != 0) {
                stopping = true;
                child.terminate(end_grace);
                error = ErrorInfo{.code = ErrorCode::cancelled,
                                  .message = "Fetching was interrupted; the next pull goes on from here."};
                break;
            }
            if (watched[0].revents == 0) continue;
            if (!lines.fill()) break;
            while (const auto line = lines.next()) {
                const auto fields = split_tabs(*line);
                if (fields[0] == "progress" && fields.size() == 3) {
                    double fraction = 0;
                    std::from_chars(fields[1].data(), fields[1].data() + fields[1].size(), fraction);
                    if (job.progress) job.progress(fraction, fields[2]);
                } else if (fields[0] == "error" && fields.size() == 3) {
                    error = fetch_error(fields[1], fields[2]);
                } else if (fields[0] == "done") {
                    done = true;
                }
            }
        }
    }
    if (error) return *std::move(error);
    const auto status = child.wait(end_grace);
    if (done && status) return {};
    return ErrorInfo{.code = ErrorCode::storage,
                     .message = "The fetching program ended unexpectedly (" +
                                (status ? describe_wait_status(*status) : std::string("it hangs")) + "); " +
                                spec.log.string() + " says more."};
}

bool weights_verified(const Home& home, const WeightRecipe& recipe) {
    struct stat seen {};
    if (::stat(home.weights(recipe.weights.name).c_str(), &seen) != 0) return false;
    const auto stamp = std::int64_t{seen.st_mtim.tv_sec} * 1'000'000'000 + seen.st_mtim.tv_nsec;
    return read_small(home.weights_mark(recipe.weights.name)) ==
           recipe.weights.sha256 + " " + std::to_string(seen.st_size) + " " + std::to_string(stamp) + "\n";
}

bool runtime_installed(const Home& home, const RuntimeRecipe& runtime) {
    return read_small(home.runtime() / "installed") == runtime.mark() && ::access(home.runtime_python().c_str(), X_OK) == 0;
}

Result<bool> remove_weights(const Home& home, const WeightRecipe& recipe, std::span<const WeightRecipe> all) {
    std::error_code trouble;
    if (!std::filesystem::exists(home.models(), trouble)) return false;
    const auto lock_path = home.models() / ".lock";
    const Descriptor lock(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
        return ErrorInfo{.code = ErrorCode::storage,
                         .message = "Another program is fetching into " + home.root().string() +
                                    " at this moment. Wait until it has finished, then try again.",
                         .retryable = true};
    const auto& name = recipe.weights.name;
    std::uintmax_t removed = 0;
    const auto erase = [&](const std::filesystem::path& path) {
        const auto count = std::filesystem::remove_all(path, trouble);
        if (!trouble) removed += count;
        return !trouble;
    };
    // The mark first: what is left after an interruption is never taken for verified.
    for (const auto& path : {home.weights_mark(name), home.weights(name), home.models() / (name + ".LICENSE.txt"),
                             home.models() / (name + ".NOTICE.txt"), home.tmp() / name, home.tmp() / (name + ".gguf.partial"),
                             home.tmp() / "arriving"})
        if (!erase(path))
            return ErrorInfo{.code = ErrorCode::storage, .message = "Cannot delete " + path.string() + ": " + trouble.message() + "."};
    const auto is_here = [&](const WeightRecipe& other) { return std::filesystem::exists(home.weights(other.weights.name), trouble); };
    if (std::none_of(all.begin(), all.end(), is_here))
        for (const auto& path : {home.runtime(), home.tmp() / "runtime", home.tmp() / "runtime-wheel"})
            if (!erase(path))
                return ErrorInfo{.code = ErrorCode::storage, .message = "Cannot delete " + path.string() + ": " + trouble.message() + "."};
    return removed > 0;
}

}  // namespace cortex::channels
