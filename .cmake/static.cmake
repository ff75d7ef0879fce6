# KV_STATIC: one file that runs wherever libc is at least this machine's. libc itself stays shared: it
# looks names up as the machine is set up to, and its security updates reach us. Nothing is compiled
# otherwise than without it, only linked.
if(NOT KV_STATIC)
  return()
endif()

set(Boost_USE_STATIC_LIBS ON)
set(CMAKE_FIND_LIBRARY_SUFFIXES .a)  # for what pkg-config names: libsodium, readline
add_link_options(-static-libstdc++ -static-libgcc)
