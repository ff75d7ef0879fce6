#include "server/resp/batch.h"

#include "server/resp/protocol.h"

#include <algorithm>
#include <optional>

namespace kv::resp {

namespace {

// As many as may be looked up together under one short lock.
constexpr std::size_t most_requests = 32;
constexpr std::size_t most_keys = 32;

/// In bytes. It bounds what a request may have in memory uncharged.
constexpr std::size_t longest_batch = BufferedStream::input_bytes;
static_assert(longest_batch <= UINT16_MAX);

// More than this is not kept from one batch to the next: an idle client is to cost little.
constexpr std::size_t kept_words = 256;
constexpr std::size_t kept_keys = 64;

}  // namespace

/// Takes what is plain off the front of the input. What is not (a length written in a way that is
/// an error, or has not come whole) is left where it is.
class InPlace {
public:
    InPlace(std::string_view input, std::size_t max_word_bytes)
        : begin_(input.data()),
          at_(begin_),
          end_(begin_ + input.size()),
          max_word_bytes_(max_word_bytes)
    {
    }

    [[nodiscard]] std::size_t taken() const { return static_cast<std::size_t>(at_ - begin_); }
    [[nodiscard]] bool is_empty() const { return at_ == end_; }

    /// "*3\r\n"
    [[nodiscard]] std::optional<std::size_t> take_count()
    {
        std::size_t count = 0;
        const char* behind = number('*', count);
        if (behind == nullptr || count == 0 || count > max_arguments) return std::nullopt;
        at_ = behind;
        return count;
    }

    /// "$5\r\nhello\r\n"; false: not such a word, or not yet.
    [[nodiscard]] bool take_word(std::string_view& word)
    {
        std::size_t bytes = 0;
        const char* start = number('$', bytes);
        if (start == nullptr || bytes > max_word_bytes_) return false;
        if (bytes + 2 > static_cast<std::size_t>(end_ - start)) return false;
        const char* behind = start + bytes;
        if (behind[0] != '\r' || behind[1] != '\n') return false;
        word = {start, bytes};
        at_ = behind + 2;
        return true;
    }

private:
    /// Reads "*3\r\n" and returns where it ends; null: it is not that, or larger than any number
    /// here. One pass, without calls: it is half of the work of parsing a small request.
    [[nodiscard]] const char* number(char marker, std::size_t& value) const
    {
        constexpr std::ptrdiff_t shortest = 4;
        constexpr std::size_t largest = 100'000'000;
        if (end_ - at_ < shortest || *at_ != marker) return nullptr;
        std::size_t read = digit(at_[1]);
        if (read > 9) return nullptr;
        const char* at = at_ + 2;
        for (; *at != '\r'; ++at) {
            const unsigned next = digit(*at);
            // Nothing may follow a zero, and the line end has two bytes.
            if (next > 9 || read == 0 || read > largest || end_ - at <= 2) return nullptr;
            read = read * 10 + next;
        }
        if (at[1] != '\n') return nullptr;
        value = read;
        return at + 2;
    }

    [[nodiscard]] static unsigned digit(char byte)
    {
        return static_cast<unsigned char>(byte) - unsigned{'0'};
    }

    const char* begin_;
    const char* at_;
    const char* end_;
    std::size_t max_word_bytes_;
};

void Batch::clear()
{
    words_.clear();
    keys_.clear();
    requests_.clear();
    next_ = 0;
    begun_ = {};
    if (words_.capacity() > kept_words) words_ = {};
    if (keys_.capacity() > kept_keys) keys_ = {};
}

void Batch::take(BufferedStream& stream)
{
    clear();
    InPlace input(stream.unread().substr(0, longest_batch), max_word_bytes_);
    std::size_t whole = 0;
    while (requests_.size() < most_requests && keys_.size() < most_keys && !input.is_empty()) {
        if (!parse(input)) break;
        whole = input.taken();
    }
    // What has been taken stays where it is until the next read.
    if (whole > 0) (void)stream.next_block(whole);
    begun_.bytes = input.taken() - whole;
    if (begun_.bytes > 0) {
        const std::size_t first =
            requests_.empty() ? 0 : requests_.back().word + requests_.back().words;
        begun_.words = Words(words_).subspan(first);
    }
    if (requests_.size() > 1 && !keys_.empty()) {
        memory_.prefetch(std::span(keys_).first(std::min(keys_.size(), most_keys)));
    }
}

/// One request. false: it is not whole, or not plain; its first words may be taken all the same.
bool Batch::parse(InPlace& input)
{
    const auto count = input.take_count();
    if (!count) return false;
    begun_.count = *count;
    const std::size_t first_word = words_.size();
    for (std::size_t i = 0; i < *count; ++i) {
        std::string_view word;
        if (!input.take_word(word)) return false;
        words_.push_back(word);
    }
    const Words words = Words(words_).subspan(first_word);
    const Command* command = command_of(words);
    const std::size_t first_key = keys_.size();
    if (command != nullptr) {
        for_each_key(*command, words,
                     [&](std::size_t i) { keys_.push_back(memory_.hashed(words[i])); });
    }
    const auto place = [](std::size_t number) { return static_cast<std::uint16_t>(number); };
    requests_.push_back({command, place(first_word), place(*count), place(first_key),
                         place(keys_.size() - first_key)});
    return true;
}

bool Batch::is_used_up() const
{
    return next_ == requests_.size();
}

bool Batch::has_begun() const
{
    return begun_.bytes > 0;
}

Invocation Batch::next()
{
    const Place& place = requests_[next_++];
    return {place.command,
            {words_.data() + place.word, place.words},
            {keys_.data() + place.key, place.keys},
            {}};
}

}  // namespace kv::resp
