#include "client/check/options.h"

#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <sstream>

#include "common/parse_number.h"

namespace kv::check {

namespace po = boost::program_options;

namespace {

po::options_description visible_options()
{
    po::options_description options("Options");
    auto add = options.add_options();
    add("mode", po::value<std::string>()->value_name("MODE")->default_value("memcache"),
        "what the server speaks:\n"
        "memcache: set key flags exptime len CRLF bytes CRLF, framed replies\n"
        "tutorial: set key len CRLF bytes, framed replies\n"
        "unframed: set key len CRLF bytes, get answers the value's bytes alone, or None");
    add("timeout", po::value<double>()->value_name("SECONDS")->default_value(2),
        "how long a single wait may take");
    add("only", po::value<std::vector<std::string>>()->value_name("NAME"),
        "play this case alone; repeatable");
    add("list", "list the cases of the mode and what each is for");
    add("json", "the report as JSON");
    add("version", "print the version");
    add("help,h", "print this");
    return options;
}

po::variables_map read_words(int argc, const char* const* argv)
{
    po::options_description all;
    all.add(visible_options()).add_options()("address", po::value<std::vector<std::string>>());
    po::positional_options_description positions;
    positions.add("address", -1);
    po::variables_map words;
    try {
        po::store(po::command_line_parser(argc, argv).options(all).positional(positions).run(),
                  words);
    } catch (const po::error& error) {
        throw UsageError(error.what());
    }
    return words;
}

Milliseconds timeout_from(double seconds)
{
    constexpr double max_seconds = 3600;
    if (!(seconds >= 0.001 && seconds <= max_seconds))
        throw UsageError("--timeout must be between 0.001 and 3600 seconds");
    return Milliseconds(static_cast<Milliseconds::rep>(seconds * 1000));
}

Address address_from(const po::variables_map& words)
{
    if (words.count("address") == 0) throw UsageError("HOST and PORT are missing");
    const auto& texts = words["address"].as<std::vector<std::string>>();
    if (texts.size() != 2) throw UsageError("exactly one HOST and one PORT are needed");
    const auto port = parse_number<std::uint16_t>(texts[1]);
    if (!port || *port == 0) throw UsageError(fmt::format("not a port: {}", texts[1]));
    return {texts[0], *port};
}

}  // namespace

Options parse_options(int argc, const char* const* argv)
{
    const po::variables_map words = read_words(argc, argv);
    Options options;
    const auto mode = mode_named(words["mode"].as<std::string>());
    if (!mode) throw UsageError("--mode is memcache, tutorial or unframed");
    options.mode = *mode;
    options.timeout = timeout_from(words["timeout"].as<double>());
    if (words.count("only") != 0) options.only = words["only"].as<std::vector<std::string>>();
    options.list = words.count("list") != 0;
    options.json = words.count("json") != 0;
    options.version = words.count("version") != 0;
    options.help = words.count("help") != 0;
    if (!options.list && !options.version && !options.help) options.address = address_from(words);
    return options;
}

std::string help_text()
{
    std::ostringstream text;
    text << "kvcheck [OPTIONS] HOST PORT\n"
            "Plays careful and hostile clients against a key-value server, explains each failure\n"
            "with the bytes drawn, and prints a score.\n\n"
         << visible_options()
         << "\nExit status: 0 full marks, 1 some case failed, 3 cannot connect, 5 usage.\n";
    return text.str();
}

}  // namespace kv::check
