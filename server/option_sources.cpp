#include "server/option_sources.h"

#include "common/letter_case.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>

namespace kv {

namespace po = boost::program_options;

namespace {

/// KVSERVER_MAX_CLIENTS -> max-clients; an empty answer tells Program_options it is none of ours.
std::string option_of_variable(const std::string& variable, const po::options_description& known)
{
    constexpr std::string_view prefix = "KVSERVER_";
    if (!variable.starts_with(prefix)) return {};
    std::string name = variable.substr(prefix.size());
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char letter) { return letter == '_' ? '-' : small_letter(letter); });
    return known.find_nothrow(name, false) != nullptr ? name : std::string();
}

}  // namespace

po::variables_map read_options(int argc, const char* const* argv,
                               const po::options_description& known)
{
    po::variables_map values;
    const po::positional_options_description no_words;
    po::store(po::command_line_parser(argc, argv).options(known).positional(no_words).run(),
              values);
    po::store(po::parse_environment(
                  known, [&](const std::string& name) { return option_of_variable(name, known); }),
              values);
    if (values.count("config") != 0) {
        const auto path = values["config"].as<std::string>();
        std::ifstream file(path);
        if (!file) throw po::error("cannot read --config " + path);
        po::store(po::parse_config_file(file, known), values);
    }
    po::notify(values);
    return values;
}

}  // namespace kv
