#include "client/shell/paint.h"

#include <unistd.h>

#include <cstdlib>

namespace kv::shell {

bool wants_color(int descriptor)
{
    const char* no_color = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    return ::isatty(descriptor) == 1 && (no_color == nullptr || *no_color == '\0') &&
           terminal != nullptr && std::string_view(terminal) != "dumb";
}

}  // namespace kv::shell
