// read_ahead.h: input that a stream reads while its write is blocked.
//
// A peer may send all its requests before it reads the first reply. Our write would wait for such a
// peer, and its write for us, forever; so its requests are read into memory, up to a bound, until
// it begins to read.
//
//   chunks:  [taken | begin_ ..........]  [................]  [.......... end_ | free]
#pragma once

#include "common/memory_source.h"
#include "common/transport.h"

#include <list>
#include <memory>
#include <span>

namespace kv {

/// Used by one thread. Uses no heap memory while empty.
class ReadAhead {
public:
    /// `source`, unless null, is charged for every chunk, and outlives this.
    explicit ReadAhead(MemorySource* source) : source_(source) {}
    ~ReadAhead();
    ReadAhead(const ReadAhead&) = delete;
    ReadAhead& operator=(const ReadAhead&) = delete;

    enum class Outcome {
        may_go_on,
        peer_has_finished,
        no_room,  ///< it holds `most_bytes`, or the source refuses more
    };

    /// Reads once, and appends. Does not block. Throws as Transport::try_read.
    [[nodiscard]] Outcome read_from(Transport& transport);

    /// Moves the oldest bytes into `into`; returns how many, 0 when empty.
    [[nodiscard]] std::size_t take(std::span<char> into);

    [[nodiscard]] bool empty() const { return chunks_.empty(); }
    [[nodiscard]] std::size_t size() const;

    static constexpr std::size_t chunk_bytes = std::size_t{64} << 10;
    static constexpr std::size_t most_bytes = std::size_t{64} << 20;

private:
    [[nodiscard]] bool add_chunk();
    void drop_first_chunk();
    void drop_last_chunk();

    MemorySource* source_;
    std::list<std::unique_ptr<char[]>> chunks_;  ///< none is empty
    std::size_t begin_ = 0;                      ///< first byte, in the first chunk
    std::size_t end_ = 0;                        ///< one past the last byte, in the last chunk
};

}  // namespace kv
