#include "auth/aws/partitions.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace cortex::auth::aws {
namespace {

// botocore 1.44.8: data/partitions.json, and for the last column data/signin/2023-01-01/endpoint-rule-set-1.json.
constexpr std::array<Partition, 8> partitions{{
    {"aws", "us|eu|ap|sa|ca|me|af|il|mx", "aws-global", "amazonaws.com", "api.aws", "aws.amazon.com"},
    {"aws-cn", "cn", "aws-cn-global", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "amazonaws.cn"},
    {"aws-eusc", "eusc-de", "", "amazonaws.eu", "api.amazonwebservices.eu", "amazonaws-eusc.eu"},
    {"aws-iso", "us-iso", "aws-iso-global", "c2s.ic.gov", "api.aws.ic.gov", "c2shome.ic.gov"},
    {"aws-iso-b", "us-isob", "aws-iso-b-global", "sc2s.sgov.gov", "api.aws.scloud", "sc2shome.sgov.gov"},
    {"aws-iso-e", "eu-isoe", "aws-iso-e-global", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", "csphome.adc-e.uk"},
    {"aws-iso-f", "us-isof", "aws-iso-f-global", "csp.hci.ic.gov", "api.aws.hci.ic.gov", "csphome.hci.ic.gov"},
    {"aws-us-gov", "us-gov", "aws-us-gov-global", "amazonaws.com", "api.aws", "amazonaws-us-gov.com"},
}};

bool is_word(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// `-\w+-\d+`
bool is_tail(std::string_view text) noexcept {
    if (text.empty() || text.front() != '-') return false;
    text.remove_prefix(1);
    const std::size_t hyphen = text.find('-');
    if (hyphen == 0 || hyphen == std::string_view::npos || hyphen + 1 == text.size()) return false;
    const std::string_view word = text.substr(0, hyphen);
    const std::string_view number = text.substr(hyphen + 1);
    return std::all_of(word.begin(), word.end(), is_word) && std::all_of(number.begin(), number.end(), is_digit);
}

bool has_form(std::string_view region, std::string_view beginnings) noexcept {
    while (!beginnings.empty()) {
        const std::size_t end = std::min(beginnings.find('|'), beginnings.size());
        const std::string_view beginning = beginnings.substr(0, end);
        if (region.starts_with(beginning) && is_tail(region.substr(beginning.size()))) return true;
        beginnings.remove_prefix(std::min(end + 1, beginnings.size()));
    }
    return false;
}

}  // namespace

const Partition& partition(std::string_view region) noexcept {
    // Every region that has a name in the table has the form too, but for the global ones.
    for (const Partition& each : partitions)
        if ((!region.empty() && region == each.global_region) || has_form(region, each.regions)) return each;
    return partitions.front();
}

}  // namespace cortex::auth::aws
