#include "brain/estimate.hpp"

#include "brain/ngrams.hpp"

#include <algorithm>
#include <bit>
#include <bitset>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace cortex::embedded {
extern const std::string_view need_model;
}

namespace cortex::brain {
namespace {

std::uint32_t u32_at(const char* at) noexcept {
    std::uint32_t value = 0;
    for (unsigned i = 0; i < 4; ++i) value |= std::uint32_t{static_cast<std::uint8_t>(at[i])} << (8 * i);
    return value;
}

/// Reads the model's bytes (little-endian) in order. The file is the project's own and checked by a test.
class Bytes {
public:
    explicit Bytes(std::string_view bytes) noexcept : bytes_(bytes) {}

    std::uint8_t u8() noexcept { return static_cast<std::uint8_t>(bytes_[at_++]); }
    std::uint32_t u32() noexcept { return u32_at(take(4).data()); }
    float f32() noexcept { return std::bit_cast<float>(u32()); }
    std::int16_t i16() noexcept {
        const unsigned low = u8();
        return static_cast<std::int16_t>(static_cast<std::uint16_t>(low | (unsigned{u8()} << 8)));
    }
    std::string_view take(std::size_t size) noexcept {
        const std::string_view out = bytes_.substr(at_, size);
        at_ += size;
        return out;
    }

private:
    std::string_view bytes_;
    std::size_t at_ = 0;
};

/// Straight lines over the features, which keep their sense far from the examples.
double linear(Bytes& model, const Features& features) noexcept {
    double sum = model.f32();
    for (std::size_t i = 0; i < feature_count; ++i) {
        const float mean = model.f32();
        const float scale = model.f32();
        const float weight = model.f32();
        sum += static_cast<double>(std::clamp((features[i] - mean) * scale, -4.0F, 4.0F) * weight);
    }
    return sum;
}

/// Words and pairs of words, each once.
double words(Bytes& model, std::string_view plain_text) noexcept {
    const double bias = model.f32();
    const double scale = model.f32();
    const std::string_view weights = model.take(ngram_buckets);
    std::bitset<ngram_buckets> seen;
    std::int64_t sum = 0;
    std::size_t count = 0;
    each_ngram(plain_text, [&](std::uint32_t bucket) {
        if (seen[bucket]) return;
        seen[bucket] = true;
        const auto weight = static_cast<signed char>(weights[bucket]);
        // Zero marks a bucket that the examples hardly know.
        if (weight == 0) return;
        sum += weight;
        ++count;
    });
    return count == 0 ? bias : bias + scale * static_cast<double>(sum) / std::sqrt(static_cast<double>(count));
}

/// Small decision trees over the features.
double trees(Bytes& model, const Features& features) noexcept {
    const std::uint32_t count = model.u32();
    const double scale = model.f32();
    double sum = model.f32();
    for (std::uint32_t tree = 0; tree < count; ++tree) {
        const std::size_t leaves = model.u8();
        constexpr std::size_t node_bytes = 7;  // feature, threshold, left, right
        const std::string_view nodes = model.take((leaves - 1) * node_bytes);
        const std::string_view values = model.take(leaves * 2);
        int at = leaves > 1 ? 0 : -1;
        while (at >= 0) {
            const char* node = nodes.data() + static_cast<std::size_t>(at) * node_bytes;
            const float threshold = std::bit_cast<float>(u32_at(node + 1));
            if (features[static_cast<std::uint8_t>(node[0])] <= threshold) {
                at = static_cast<signed char>(node[5]);
            } else {
                at = static_cast<signed char>(node[6]);
            }
        }
        Bytes value(values.substr(static_cast<std::size_t>(-at - 1) * 2, 2));
        sum += scale * value.i16();
    }
    return sum;
}

}  // namespace

double estimate(const Message& message) noexcept {
    Bytes model(embedded::need_model);
    model.take(8);  // its name and version
    // What each part weighs, and where 0.5 lies.
    const double of_linear = model.f32();
    const double of_words = model.f32();
    const double of_trees = model.f32();
    const double bias = model.f32();
    const double slope = model.f32();
    double score = bias;
    score += of_linear * linear(model, message.features());
    score += of_words * words(model, message.plain());
    score += of_trees * trees(model, message.features());
    return 1.0 / (1.0 + std::exp(-slope * score));
}

}  // namespace cortex::brain
