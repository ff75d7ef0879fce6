// fmt's functions, compiled once here instead of in each source that formats, which saves two to
// four seconds for each. Debian has fmt only as a shared library, and programs that load none start
// faster.
#include <fmt/format-inl.h>

// The templates that format.h declares extern.
template fmt::detail::thousands_sep_result<char> fmt::detail::thousands_sep_impl<char>(locale_ref);
template char fmt::detail::decimal_point_impl<char>(locale_ref);
template fmt::detail::dragonbox::decimal_fp<float> fmt::detail::dragonbox::to_decimal(
    float) noexcept;
template fmt::detail::dragonbox::decimal_fp<double> fmt::detail::dragonbox::to_decimal(
    double) noexcept;
