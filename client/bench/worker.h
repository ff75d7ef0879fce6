// worker.h: one thread's part of the load: its connections, and the stages they go through.
#pragma once

#include "client/bench/options.h"
#include "client/bench/payload.h"
#include "client/bench/tally.h"
#include "client/bench/target.h"

#include <algorithm>
#include <cstdint>
#include <memory>

namespace kv::bench {

/// What one thread takes of the whole: its number, of how many.
struct Part {
    unsigned index;
    unsigned count;

    /// This part's share of `whole` things; the shares of all parts add up to it.
    [[nodiscard]] std::uint64_t of(std::uint64_t whole) const
    {
        return begin_of(whole, index + 1) - begin_of(whole, index);
    }

    /// The first of this part's things.
    [[nodiscard]] std::uint64_t first_of(std::uint64_t whole) const
    {
        return begin_of(whole, index);
    }

private:
    [[nodiscard]] std::uint64_t begin_of(std::uint64_t whole, std::uint64_t part) const
    {
        return whole / count * part + std::min<std::uint64_t>(part, whole % count);
    }
};

/// The stages are called one after the other, each from one thread at a time, and return when every
/// reply is in.
class Worker {
public:
    virtual ~Worker() = default;

    /// Opens this part's connections. Throws std::system_error.
    virtual void connect() = 0;

    /// Stores this part of the keys.
    virtual Tally prefill() = 0;

    /// Every connection, active or not, asks once: all are known to be served.
    virtual Tally ask_everyone() = 0;

    /// The load the options describe, for so many seconds; 0: as many requests as the options say.
    virtual Tally load(double seconds) = 0;

    /// Requests answered in the present stage and those before; any thread may ask.
    [[nodiscard]] virtual std::uint64_t answered() const = 0;
};

/// `target`, `payload` and `options` outlive the worker.
[[nodiscard]] std::unique_ptr<Worker> make_worker(Protocol protocol, const Target& target,
                                                  const Payload& payload, const Options& options,
                                                  Part part);

}  // namespace kv::bench
