#include "test/transcripts/transcript.h"

#include "common/words.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace kv::test {

Text::Text(std::string_view written)
{
    bool ends_here = false;
    for (std::string_view rest = written; !rest.empty();) {
        if (rest == "\\") {
            ends_here = true;
            break;
        }
        if (rest.front() == '\\') {
            read_escape(rest);
        } else if (rest.front() == '{' && rest.find('}') != std::string_view::npos) {
            read_word(rest);
        } else {
            add(rest.front());
            rest.remove_prefix(1);
        }
    }
    if (ends_here) return;
    add('\r');
    add('\n');
}

void Text::add(char byte)
{
    if (parts_.empty() || parts_.back().kind != Part::Kind::bytes) {
        parts_.push_back({Part::Kind::bytes, {}});
    }
    parts_.back().text += byte;
}

// \r \n \0 \\ \xNN
void Text::read_escape(std::string_view& rest)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::size_t length = 2;
    switch (rest[1]) {
        case 'r': add('\r'); break;
        case 'n': add('\n'); break;
        case '0': add('\0'); break;
        case '\\': add('\\'); break;
        case 'x': {
            length = 4;
            const std::size_t high =
                rest.size() < 4 ? std::string_view::npos : digits.find(rest[2]);
            const std::size_t low = rest.size() < 4 ? std::string_view::npos : digits.find(rest[3]);
            if (high > 15 || low > 15) throw std::runtime_error("\\x needs two hex digits");
            add(static_cast<char>(high * 16 + low));
            break;
        }
        default: throw std::runtime_error("an unknown escape");
    }
    rest.remove_prefix(length);
}

// {name}
void Text::read_word(std::string_view& rest)
{
    const std::size_t close = rest.find('}');
    parts_.push_back({Part::Kind::word, std::string(rest.substr(1, close - 1))});
    rest.remove_prefix(close + 1);
}

bool Text::lacks_a_word(const Words& known) const
{
    return std::any_of(parts_.begin(), parts_.end(), [&](const Part& part) {
        return part.kind == Part::Kind::word && known.count(part.text) == 0;
    });
}

std::string Text::bytes(const Words& known) const
{
    std::string all;
    for (const Part& part : parts_) {
        all += part.kind == Part::Kind::word ? known.at(part.text) : part.text;
    }
    return all;
}

std::optional<std::size_t> Text::size(const Words& known) const
{
    if (lacks_a_word(known)) return std::nullopt;
    return bytes(known).size();
}

bool Text::matches(std::string_view line, Words& known) const
{
    for (const Part& part : parts_) {
        std::string expected = part.text;
        if (part.kind == Part::Kind::word) {
            const std::string word(line.substr(0, line.find_first_of(" \r")));
            expected = known.emplace(part.text, word).first->second;
        }
        if (!line.starts_with(expected)) return false;
        line.remove_prefix(expected.size());
    }
    return line.empty();
}

namespace {

std::vector<std::string> arguments_of(std::string_view command_line)
{
    std::vector<std::string> arguments;
    (void)take_word(command_line);  // kvserver itself
    for (std::string_view word = take_word(command_line); !word.empty();
         word = take_word(command_line)) {
        arguments.emplace_back(word);
    }
    return arguments;
}

void read_line(Transcript& transcript, std::string_view line, int number)
{
    if (line.empty() || line.front() == '#') return;
    const std::string_view content = line.substr(std::min<std::size_t>(2, line.size()));
    switch (line.front()) {
        case '>': transcript.steps.push_back({Step::Kind::send, Text(content), number}); return;
        case '<': transcript.steps.push_back({Step::Kind::expect, Text(content), number}); return;
        case '$': transcript.arguments = arguments_of(content); return;
        case '~': transcript.only_ours = content; return;
        default: break;
    }
    if (line != "= closed") throw std::runtime_error("a line of no kind");
    transcript.steps.push_back({Step::Kind::closed, Text(""), number});
}

}  // namespace

Transcript read_transcript(const std::filesystem::path& file)
{
    Transcript transcript;
    transcript.name = file.stem();
    std::ifstream in(file);
    int number = 0;
    for (std::string line; std::getline(in, line);) {
        try {
            read_line(transcript, line, ++number);
        } catch (const std::runtime_error& error) {
            throw std::runtime_error(file.string() + ":" + std::to_string(number) + ": " +
                                     error.what());
        }
    }
    if (transcript.steps.empty()) throw std::runtime_error(file.string() + ": nothing in it");
    return transcript;
}

}  // namespace kv::test
