// The shell's own commands: help, dump, load and the words with a backslash.
#include "client/shell/bulk.h"
#include "client/shell/edit.h"
#include "client/shell/letter_case.h"
#include "client/shell/manual.h"
#include "client/shell/shell.h"
#include "client/shell/terminal_text.h"
#include "common/parse_number.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <iterator>

namespace kv::shell {

namespace {

std::chrono::milliseconds milliseconds_in(const std::string& seconds)
{
    // Digits and one point; what strtod would take besides, nobody means here.
    const std::size_t point = std::min(seconds.find('.'), seconds.size());
    const auto whole = parse_number<std::uint32_t>(seconds.substr(0, point));
    std::string fraction = seconds.substr(std::min(point + 1, seconds.size()));
    fraction.resize(3, '0');
    const auto thousandths = parse_number<std::uint32_t>(fraction);
    if (!whole || !thousandths) {
        throw UsageError(fmt::format("'{}' is no number of seconds", printable(seconds)));
    }
    return std::chrono::seconds(*whole) + std::chrono::milliseconds(*thousandths);
}

ExitCode say_whether(std::string_view what, bool is_on)
{
    std::cerr << what << (is_on ? " is on\n" : " is off\n");
    return ExitCode::done;
}

Command rest_from(const Command& command, std::size_t first)
{
    return {command.begin() + static_cast<std::ptrdiff_t>(first), command.end()};
}

}  // namespace

ExitCode Shell::run_own(const Command& command)
{
    struct Row {
        std::string_view name;
        ExitCode (Shell::*run)(const Command&);
    };
    static constexpr Row rows[] = {
        {"help", &Shell::help},
        {"dump", &Shell::dump_all},
        {"load", &Shell::load_all},
        {"\\edit", &Shell::edit_value},
        {"\\format", &Shell::set_format},
        {"\\connect", &Shell::connect_to},
        {"\\timing", &Shell::turn_timing},
        {"\\wire", &Shell::turn_wire},
        {"\\pager", &Shell::turn_paging},
        {"\\repeat", &Shell::repeat_typed},
        {"\\watch", &Shell::repeat_typed},
    };
    const std::string name = lower_case(command[0]);
    const auto* row = std::find_if(std::begin(rows), std::end(rows),
                                   [&](const Row& each) { return each.name == name; });
    if (row == std::end(rows)) {
        throw UsageError(fmt::format("there is no '{}': try help", printable(name)));
    }
    const CommandInfo* info = find_command(shell_commands(), name);
    const Arity arity = arity_of(info->arguments);
    if (command.size() - 1 < arity.least || command.size() - 1 > arity.most) {
        throw UsageError(fmt::format("usage: {} {}", info->name, info->arguments));
    }
    return (this->*row->run)(command);
}

ExitCode Shell::help(const Command& command)
{
    output_.text(help_text(session_.dialect(), command.size() > 1 ? command[1] : ""));
    return ExitCode::done;
}

ExitCode Shell::dump_all(const Command&)
{
    return dump(session_, std::cout);
}

ExitCode Shell::load_all(const Command&)
{
    return load(session_, std::cin);
}

ExitCode Shell::edit_value(const Command& command)
{
    return edit(session_, command[1]);
}

ExitCode Shell::turn_timing(const Command&)
{
    is_timing_ = !is_timing_;
    return say_whether("timing", is_timing_);
}

ExitCode Shell::turn_wire(const Command&)
{
    shows_wire_ = !shows_wire_;
    session_.show_wire(shows_wire_);
    (void)session_.speaker();
    return say_whether("wire", shows_wire_);
}

ExitCode Shell::turn_paging(const Command&)
{
    is_paging_ = !is_paging_;
    output_.set_paging(is_paging_);
    return say_whether("pager", is_paging_);
}

ExitCode Shell::set_format(const Command& command)
{
    constexpr std::pair<std::string_view, Format> formats[] = {{"pretty", Format::pretty},
                                                               {"plain", Format::plain},
                                                               {"raw", Format::raw},
                                                               {"json", Format::json},
                                                               {"csv", Format::csv}};
    for (const auto& [name, format] : formats) {
        if (command[1] != name) continue;
        output_.set_format(format);
        return ExitCode::done;
    }
    throw UsageError("a format is one of pretty, plain, raw, json, csv");
}

ExitCode Shell::connect_to(const Command& command)
{
    try {
        session_.turn_to(uri_from(command[1]));
    } catch (const BadUri& error) {
        throw UsageError(error.what());
    }
    (void)session_.speaker();
    return ExitCode::done;
}

/// \repeat N command, \watch SECONDS command.
ExitCode Shell::repeat_typed(const Command& command)
{
    const Command inner = rest_from(command, 2);
    if (lower_case(command[0]) == "\\watch") return repeat(inner, 0, milliseconds_in(command[1]));
    const auto times = parse_number<std::uint64_t>(command[1]);
    if (!times || *times == 0) throw UsageError("\\repeat needs a number of times");
    return repeat(inner, *times, std::chrono::milliseconds(0));
}

}  // namespace kv::shell
