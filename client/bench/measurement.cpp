#include "client/bench/measurement.h"

#include "common/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <ctime>
#include <fstream>
#include <numeric>
#include <string>
#include <system_error>

namespace kv::bench {

Histogram::Histogram()
{
    buckets_.fill(0);
}

void Histogram::add(std::int64_t duration_ns, std::uint64_t times)
{
    duration_ns = std::max<std::int64_t>(duration_ns, 0);
    buckets_[bucket_of(static_cast<std::uint64_t>(duration_ns))] += times;
    count_ += times;
    total_ns_ += static_cast<double>(duration_ns) * static_cast<double>(times);
    min_ns_ = std::min(min_ns_, duration_ns);
    max_ns_ = std::max(max_ns_, duration_ns);
}

void Histogram::merge(const Histogram& other)
{
    for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
    count_ += other.count_;
    total_ns_ += other.total_ns_;
    min_ns_ = std::min(min_ns_, other.min_ns_);
    max_ns_ = std::max(max_ns_, other.max_ns_);
}

void Histogram::clear()
{
    *this = Histogram();
}

double Histogram::mean_ns() const
{
    return count_ == 0 ? 0.0 : total_ns_ / static_cast<double>(count_);
}

std::int64_t Histogram::min_ns() const
{
    return count_ == 0 ? 0 : min_ns_;
}

std::int64_t Histogram::percentile_ns(double percent) const
{
    if (count_ == 0) return 0;
    const double wanted = std::ceil(percent / 100.0 * static_cast<double>(count_));
    const auto rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(wanted), 1, count_);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
        seen += buckets_[i];
        if (seen >= rank) return std::min(first_ns_of(i + 1) - 1, max_ns_);
    }
    return max_ns_;
}

std::vector<Histogram::Bar> Histogram::bars(std::size_t max_rows) const
{
    if (count_ == 0) return {};
    const std::size_t first = bucket_of(static_cast<std::uint64_t>(min_ns_));
    const std::size_t last = bucket_of(static_cast<std::uint64_t>(percentile_ns(99.9)));
    std::size_t width =
        1;  // buckets per bar: a power of two, so that bars and octaves end together
    while (last / width - first / width >= max_rows) width *= 2;
    std::vector<Bar> bars;
    for (std::size_t row = first / width; row <= last / width; ++row) {
        const std::size_t begin = row * width;
        const std::size_t end = std::min(begin + width, buckets_.size());
        bars.push_back(
            {first_ns_of(begin), first_ns_of(end),
             std::accumulate(buckets_.begin() + begin, buckets_.begin() + end, std::uint64_t{0})});
    }
    std::uint64_t drawn = 0;
    for (const Bar& bar : bars) drawn += bar.count;
    if (drawn < count_) bars.push_back({bars.back().to_ns, max_ns_ + 1, count_ - drawn});
    return bars;
}

// Octave 0 holds 0..127 ns exactly, octave n >= 1 holds [2^(n+6), 2^(n+7)): a duration keeps its
// sub_bits + 1 leading bits; the top bit gives the octave, the others the bucket in it.
std::size_t Histogram::bucket_of(std::uint64_t duration_ns)
{
    const auto width = static_cast<unsigned>(std::bit_width(duration_ns));
    if (width <= sub_bits) return static_cast<std::size_t>(duration_ns);
    const unsigned octave = width - sub_bits;
    if (octave > octaves_kept) return buckets_per_octave * (octaves_kept + 1) - 1;
    const std::uint64_t leading = duration_ns >> (octave - 1);  // in [128, 256)
    return octave * buckets_per_octave +
           static_cast<std::size_t>(leading & (buckets_per_octave - 1));
}

std::int64_t Histogram::first_ns_of(std::size_t bucket)
{
    const std::size_t octave = bucket / buckets_per_octave;
    const std::size_t within = bucket % buckets_per_octave;
    if (octave == 0) return static_cast<std::int64_t>(within);
    return static_cast<std::int64_t>((buckets_per_octave + within) << (octave - 1));
}

namespace {

// "VmRSS:	    1234 kB" -> 1234
std::uint64_t number_in(const std::string& line)
{
    const auto first = line.find_first_of("0123456789");
    const auto last = line.find_last_of("0123456789");
    if (first == std::string::npos) return 0;
    return parse_number<std::uint64_t>(std::string_view(line).substr(first, last - first + 1))
        .value_or(0);
}

}  // namespace

double cpu_seconds(pid_t pid)
{
    clockid_t clock{};
    timespec used{};
    if (const int error = ::clock_getcpuclockid(pid, &clock); error != 0) {
        throw std::system_error(error, std::generic_category(), fmt::format("process {}", pid));
    }
    if (::clock_gettime(clock, &used) != 0) {
        throw std::system_error(errno, std::generic_category(), fmt::format("process {}", pid));
    }
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

Memory memory_of(pid_t pid)
{
    std::ifstream status(fmt::format("/proc/{}/status", pid));
    if (!status)
        throw std::system_error(ESRCH, std::generic_category(), fmt::format("process {}", pid));
    Memory memory;
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmRSS:")) memory.resident_kib = number_in(line);
        if (line.starts_with("VmHWM:")) memory.peak_kib = number_in(line);
    }
    return memory;
}

}  // namespace kv::bench
