#include "client/check/style.h"

#include <unistd.h>

#include <cstdlib>

namespace kv::check {

Style style_of_standard_output()
{
    const char* no_color = std::getenv("NO_COLOR");
    const bool refused = no_color != nullptr && *no_color != '\0';
    return Style(!refused && ::isatty(STDOUT_FILENO) == 1);
}

}  // namespace kv::check
