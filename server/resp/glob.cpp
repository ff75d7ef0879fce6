#include "server/resp/glob.h"

#include <algorithm>
#include <utility>

namespace kv::resp {

namespace {

/// Takes a class off the pattern, which stands behind its '['; whether `byte` is in it. One that
/// is not closed ends with the pattern.
bool take_class(std::string_view& pattern, char byte)
{
    const bool negated = pattern.starts_with('^');
    if (negated) pattern.remove_prefix(1);
    bool found = false;
    while (!pattern.empty() && pattern.front() != ']') {
        if (pattern.front() == '\\' && pattern.size() >= 2) {
            found = found || pattern[1] == byte;
            pattern.remove_prefix(2);
        } else if (pattern.size() >= 3 && pattern[1] == '-') {
            const auto [low, high] = std::minmax(pattern[0], pattern[2]);
            found = found || (byte >= low && byte <= high);
            pattern.remove_prefix(3);
        } else {
            found = found || pattern.front() == byte;
            pattern.remove_prefix(1);
        }
    }
    if (!pattern.empty()) pattern.remove_prefix(1);
    return found != negated;
}

/// Takes what stands for one byte off the pattern, which is not empty and begins with no star;
/// whether `byte` fits it.
bool take_one(std::string_view& pattern, char byte)
{
    char wanted = pattern.front();
    pattern.remove_prefix(1);
    if (wanted == '?') return true;
    if (wanted == '[') return take_class(pattern, byte);
    if (wanted == '\\' && !pattern.empty()) {
        wanted = pattern.front();
        pattern.remove_prefix(1);
    }
    return wanted == byte;
}

}  // namespace

/// When a byte does not fit, only the last star can take one more: what an earlier one would take
/// instead, the last could take too.
bool matches(std::string_view pattern, std::string_view text)
{
    bool starred = false;
    std::string_view behind_star;
    std::string_view taken_from;
    while (!text.empty()) {
        if (pattern.starts_with('*')) {
            pattern.remove_prefix(1);
            if (pattern.empty()) return true;
            starred = true;
            behind_star = pattern;
            taken_from = text;
        } else if (!pattern.empty() && take_one(pattern, text.front())) {
            text.remove_prefix(1);
        } else {
            if (!starred) return false;
            taken_from.remove_prefix(1);
            text = taken_from;
            pattern = behind_star;
        }
    }
    pattern.remove_prefix(std::min(pattern.find_first_not_of('*'), pattern.size()));
    return pattern.empty();
}

}  // namespace kv::resp
