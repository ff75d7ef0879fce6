// trace_ruler.h: the bytes of a read with a ruler under them.
//
//   lloget a\r\n       what came, escaped; the middle of what is long is left out
//   <-][=======]       = of a line, - of a block; [ a request begins, ] it ends, | a part of it
//   ends, 1  2 get a         < it goes on from the read before, > goes on with the next
#pragma once

#include "server/net/trace_map.h"
#include "server/net/trace_paint.h"

namespace kv {

struct RequestName {
    std::uint64_t request;
    std::string name;
};

/// The rows for a read, without line ends. `names` has those of the requests, in order; one that is
/// missing has no name yet.
[[nodiscard]] std::vector<std::string> draw_ruler(std::string_view bytes,
                                                  const std::vector<Stretch>& stretches,
                                                  const std::vector<RequestName>& names,
                                                  const TracePaint& paint);

/// `bytes` as they are shown above the ruler, on one row.
[[nodiscard]] std::string shown(std::string_view bytes, const TracePaint& paint);

}  // namespace kv
