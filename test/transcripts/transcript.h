// transcript.h: a conversation written down in a file; README.md says how.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kv::test {

/// Words captured so far, by name.
using Words = std::map<std::string, std::string>;

/// A line of a transcript: bytes, with places for words.
class Text {
public:
    /// Reads the line's own notation. Throws std::runtime_error when it is none.
    explicit Text(std::string_view written);

    /// Whether it has a word that is not known yet, so that it cannot be sent.
    [[nodiscard]] bool lacks_a_word(const Words& known) const;

    /// The bytes, with the words filled in. REQUIRES: it lacks none.
    [[nodiscard]] std::string bytes(const Words& known) const;

    /// How many bytes there are; nullopt when that depends on what a word will be.
    [[nodiscard]] std::optional<std::size_t> size(const Words& known) const;

    /// Whether `line` is what is written here; captures the words that are not known yet.
    [[nodiscard]] bool matches(std::string_view line, Words& known) const;

private:
    struct Part {
        enum class Kind { bytes, word } kind;
        std::string text;  ///< the bytes, or the word's name
    };
    void read_escape(std::string_view& rest);
    void read_word(std::string_view& rest);
    void add(char byte);

    std::vector<Part> parts_;
};

struct Step {
    enum class Kind { send, expect, closed } kind;
    Text text;
    int line;  ///< in the file
};

struct Transcript {
    std::string name;
    std::vector<std::string> arguments;  ///< of the server
    std::string only_ours;               ///< why memcached answers otherwise; empty: it does not
    std::vector<Step> steps;
};

/// Throws std::runtime_error naming file and line.
[[nodiscard]] Transcript read_transcript(const std::filesystem::path& file);

}  // namespace kv::test
