#include "client/shell/output.h"

#include "client/shell/terminal_text.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>

namespace kv::shell {

namespace {

/// $PAGER, or less: -F leaves short text alone, -R lets colours through, -X leaves it on the
/// screen.
std::string pager_command()
{
    const char* pager = std::getenv("PAGER");
    return pager == nullptr ? "less -FRX" : pager;
}

/// false: there is no pager.
bool page(const std::string& text)
{
    const std::string command = pager_command();
    if (command.empty()) return false;
    std::cout << std::flush;
    const auto close = [](std::FILE* pipe) { ::pclose(pipe); };
    const std::unique_ptr<std::FILE, decltype(close)> pipe(::popen(command.c_str(), "we"), close);
    if (!pipe) return false;
    // A user who leaves the pager early breaks the pipe: then the rest is not wanted.
    std::fwrite(text.data(), 1, text.size(), pipe.get());
    return true;
}

}  // namespace

ScreenSize screen_size()
{
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return {};
    return {size.ws_col, size.ws_row};
}

Output::Output(std::optional<Format> format)
    : format_(format),
      is_terminal_(::isatty(STDOUT_FILENO) == 1),
      paint_(wants_color(STDOUT_FILENO))
{
}

Format Output::format() const
{
    return format_.value_or(is_terminal_ ? Format::pretty : Format::plain);
}

void Output::reply(const resp::Value& reply) const
{
    if (reply.type == resp::Type::error || reply.type == resp::Type::bulk_error) {
        const Paint red(wants_color(STDERR_FILENO));
        std::cerr << red.error("(error) " + printable(reply.text)) << "\n";
        return;
    }
    std::string shown = formatted(reply, format(), paint_.is_on());
    if (is_terminal_ && format() != Format::pretty) shown = harmless(shown);
    text(shown);
}

void Output::text(const std::string& text) const
{
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    if (is_paging_ && is_terminal_ && lines >= screen_size().lines && page(text)) return;
    std::cout << text << std::flush;
}

void Output::complain(std::string_view what) const
{
    std::cerr << "kvcli: " << what << "\n";
}

}  // namespace kv::shell
