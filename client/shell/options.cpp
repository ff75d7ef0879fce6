#include "client/shell/options.h"

#include <fmt/format.h>
#include <boost/program_options.hpp>

#include <cstdlib>
#include <ostream>

namespace kv::shell {

namespace po = boost::program_options;

namespace {

constexpr std::string_view default_uri = "memcache://127.0.0.1:11211";

po::options_description described_options()
{
    po::options_description options("Options");
    options.add_options()("help,h", "print this text")("version,V", "print the version")(
        "timeout", po::value<double>()->default_value(5, "5")->value_name("SECONDS"),
        "how long to wait for a connection, and for each reply; 0 = for ever")(
        "raw", "values as they are, without a line end of our own");
    return options;
}

/// Whether the option spelled by `word` ("--timeout", "-r") takes the next word as its value.
bool takes_next_word(const po::options_description& known, const std::string& word)
{
    const bool is_long = word.starts_with("--");
    if (is_long ? word.find('=') != std::string::npos : word.size() > 2) return false;
    const std::string name = is_long ? word.substr(2) : word;
    const auto* option = known.find_nothrow(name, false);
    return option != nullptr && option->semantic()->max_tokens() > 0;
}

SplitArguments split(const std::vector<std::string>& arguments,
                     const po::options_description& known)
{
    SplitArguments parts;
    for (auto word = arguments.begin(); word != arguments.end(); ++word) {
        if (*word == "--") {
            parts.command.assign(word + 1, arguments.end());
            break;
        }
        if (word->size() > 1 && word->front() == '-') {
            parts.options.push_back(*word);
            if (takes_next_word(known, *word) && word + 1 != arguments.end()) {
                parts.options.push_back(*++word);
            }
        } else if (word->find("://") != std::string::npos) {
            if (parts.uri) throw UsageError("more than one address");
            parts.uri = *word;
        } else {
            parts.command.assign(word, arguments.end());
            break;
        }
    }
    return parts;
}

Uri server_uri(const SplitArguments& parts)
{
    const char* from_environment = std::getenv("KV_URL");
    const bool has_environment = from_environment != nullptr && *from_environment != '\0';
    const std::string text = parts.uri         ? *parts.uri
                             : has_environment ? std::string(from_environment)
                                               : std::string(default_uri);
    const bool is_memcache = text.starts_with("memcache:");
    return parse_uri(text, is_memcache ? 11211 : 6379);
}

std::chrono::milliseconds milliseconds_of(double seconds)
{
    constexpr double most = 1e9;
    if (!(seconds >= 0 && seconds <= most)) throw UsageError("a time is from 0 to 1e9 seconds");
    const auto count = static_cast<std::chrono::milliseconds::rep>(seconds * 1000);
    // Less than we can count is not "for ever", which 0 would mean.
    return std::chrono::milliseconds(seconds > 0 && count == 0 ? 1 : count);
}

}  // namespace

std::optional<Options> read_options(const std::vector<std::string>& arguments, std::ostream& out)
{
    const po::options_description known = described_options();
    const SplitArguments parts = split(arguments, known);
    po::variables_map values;
    try {
        // Abbreviations would change their meaning with every option that is added.
        const int style =
            po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
        po::store(po::command_line_parser(parts.options).options(known).style(style).run(), values);
        po::notify(values);
        if (values.count("help") > 0) {
            out << "usage: kvcli [OPTIONS] [URI] [COMMAND ARG...]\n\n" << known;
            return std::nullopt;
        }
        if (values.count("version") > 0) {
            out << "kvcli " KV_VERSION "\n";
            return std::nullopt;
        }
        Options options;
        options.uri = server_uri(parts);
        options.command = parts.command;
        options.client.connect_timeout = milliseconds_of(values["timeout"].as<double>());
        options.client.reply_timeout = options.client.connect_timeout;
        if (values.count("raw") > 0) options.format = Format::raw;
        return options;
    } catch (const po::error& error) {
        throw UsageError(error.what());
    } catch (const BadUri& error) {
        throw UsageError(error.what());
    }
}

}  // namespace kv::shell
