#include "server/miniredis/dialect.h"

#include "server/miniredis/encoder.h"

#include <algorithm>
#include <array>

namespace kv::miniredis {

namespace {

// MSET stores its pairs in one step that all other clients wait for.
constexpr std::size_t max_arguments = std::size_t{1} << 16;
constexpr std::size_t max_keys_bytes = std::size_t{1} << 20;

Request reject(std::string_view text, bool closes = false)
{
    return {Reject{text}, closes};
}

}  // namespace

std::optional<Request> Dialect::read_request(BufferedStream& stream)
{
    charge_ = Charge();
    try {
        const auto frame = read_frame(stream);
        if (!frame) return std::nullopt;
        return read_request(stream, *frame);
    } catch (const BadArgument& bad) {
        return reject(bad.what());
    } catch (const Malformed& malformed) {
        return reject(malformed.what(), true);
    } catch (const TooDeep&) {
        return reject("arrays nested too deeply", true);
    } catch (const LineTooLong&) {
        return reject("line too long", true);
    }
}

Request Dialect::read_request(BufferedStream& stream, const Frame& frame)
{
    switch (frame.type) {
        case Frame::Type::array: return read_command({stream, frame.size});
        case Frame::Type::text: return read_command({stream, frame.text});
        case Frame::Type::string: {
            const std::string line = read_string(stream, frame, max_text_bytes);
            return read_command({stream, std::string_view(line)});
        }
        default: skip_value(stream, frame); throw BadArgument("a request is an array or a string");
    }
}

struct Dialect::Command {
    std::string_view name;
    std::size_t least_arguments;
    std::size_t most_arguments;
    Operation (Dialect::*read)(Arguments& arguments);
};

const Dialect::Command* Dialect::find_command(std::string name)
{
    static constexpr std::array<Command, 6> commands{{
        {"GET", 1, 1, &Dialect::read_get},
        {"SET", 2, 2, &Dialect::read_set},
        {"DELETE", 1, 1, &Dialect::read_delete},
        {"FLUSH", 0, 0, &Dialect::read_flush},
        {"MGET", 0, max_arguments, &Dialect::read_mget},
        {"MSET", 0, max_arguments, &Dialect::read_mset},
    }};
    for (char& letter : name) {
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    }
    const auto* found = std::find_if(commands.begin(), commands.end(),
                                     [&](const Command& command) { return command.name == name; });
    return found == commands.end() ? nullptr : found;
}

/// However it ends, all arguments have been taken, so the next request begins after them.
Request Dialect::read_command(Arguments arguments)
{
    try {
        if (arguments.left() == 0) throw BadArgument("missing command");
        const Command* command = find_command(arguments.take_name());
        if (command == nullptr) throw BadArgument("unknown command");
        if (arguments.left() < command->least_arguments ||
            arguments.left() > command->most_arguments) {
            throw BadArgument("wrong number of arguments");
        }
        return {(this->*command->read)(arguments)};
    } catch (const BadArgument&) {
        arguments.skip_rest();
        throw;
    }
}

Operation Dialect::read_get(Arguments& arguments)
{
    key_ = arguments.take_key();
    return GetTyped{key_};
}

Operation Dialect::read_set(Arguments& arguments)
{
    key_ = arguments.take_key();
    return Put{arguments.take_value(drafts_, key_, max_item_bytes_)};
}

Operation Dialect::read_delete(Arguments& arguments)
{
    key_ = arguments.take_key();
    return Delete{key_};
}

Operation Dialect::read_flush(Arguments&)
{
    return Clear{};
}

Operation Dialect::read_mget(Arguments& arguments)
{
    constexpr std::size_t free_bytes = std::size_t{64} << 10;  // beyond this, the keys are charged
    constexpr std::size_t bookkeeping = 2 * sizeof(std::string) + sizeof(ItemPtr);
    GetMany get;
    std::size_t bytes = 0;
    while (arguments.left() > 0) {
        get.keys.push_back(arguments.take_key());
        bytes += get.keys.back().size();
        if (bytes > max_keys_bytes) throw BadArgument("too many bytes of keys");
        if (bytes + get.keys.size() * bookkeeping <= free_bytes) continue;
        auto charge = drafts_.reserve(bookkeeping + get.keys.back().size());
        if (!charge) throw BadArgument("out of memory");
        charge_.add(std::move(*charge));
    }
    return get;
}

Operation Dialect::read_mset(Arguments& arguments)
{
    if (arguments.left() % 2 != 0) throw BadArgument("wrong number of arguments for MSET");
    PutMany put;
    while (arguments.left() > 0) {
        const std::string key = arguments.take_key();
        put.drafts.push_back(arguments.take_value(drafts_, key, max_item_bytes_));
    }
    return put;
}

void Dialect::write_reply(BufferedStream& stream, const Request& request, const Reply& reply)
{
    miniredis::write_reply(stream, request, reply);
}

}  // namespace kv::miniredis
