# KV_STATIC: one file that runs wherever libc is at least this machine's. libc itself stays shared: it
# looks names up as the machine is set up to, and its security updates reach us.
set(kv_fmt fmt::fmt)
set(kv_spdlog spdlog::spdlog_header_only)
if(NOT KV_STATIC)
  return()
endif()

set(Boost_USE_STATIC_LIBS ON)
set(CMAKE_FIND_LIBRARY_SUFFIXES .a)  # for what pkg-config names: libsodium, readline
add_link_options(-static-libstdc++ -static-libgcc)

# Debian has no static fmt: its headers are compiled in, also for spdlog, whose own target names the
# shared one. Who links our libraries later then needs no fmt.
set(kv_fmt $<BUILD_INTERFACE:fmt::fmt-header-only>)
add_library(kv_spdlog INTERFACE)
target_compile_definitions(kv_spdlog INTERFACE SPDLOG_FMT_EXTERNAL)
set(kv_spdlog kv_spdlog)
