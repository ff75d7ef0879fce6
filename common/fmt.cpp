// fmt's functions, compiled here once and not in each source that formats something: two to four
// seconds of compiling for each of those. Debian has fmt as a shared library only, and programs
// that load none start sooner.
#include <fmt/format-inl.h>

// What format.h says is instantiated elsewhere.
template fmt::detail::thousands_sep_result<char> fmt::detail::thousands_sep_impl<char>(locale_ref);
template char fmt::detail::decimal_point_impl<char>(locale_ref);
template fmt::detail::dragonbox::decimal_fp<float> fmt::detail::dragonbox::to_decimal(
    float) noexcept;
template fmt::detail::dragonbox::decimal_fp<double> fmt::detail::dragonbox::to_decimal(
    double) noexcept;
