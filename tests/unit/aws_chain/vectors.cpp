#include "vectors.hpp"

#include <boost/json/parse.hpp>

#include <iostream>

namespace cortex::test {

boost::json::value read_json(const std::filesystem::path& path) { return boost::json::parse(slurp(path)); }

const boost::json::value* member(const boost::json::value& object, std::string_view name) {
    return object.is_object() ? object.get_object().if_contains(boost::json::string_view(name.data(), name.size())) : nullptr;
}

std::string text_in(const boost::json::value& object, std::string_view name) {
    const boost::json::value* value = member(object, name);
    return value != nullptr && value->is_string() ? std::string(value->get_string().c_str(), value->get_string().size()) : std::string();
}

void Tally::pass_over(std::string_view name, std::string_view reason) {
    ++passed_over;
    std::cout << family << ": not applicable: " << name << " (" << reason << ")\n";
}

Tally::~Tally() { std::cout << family << ": " << run << " cases run, " << passed_over << " not applicable\n"; }

}  // namespace cortex::test
