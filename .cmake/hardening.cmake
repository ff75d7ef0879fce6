# How every program here is compiled: sanitizers when asked for, else the hardening Debian's own
# packages have (OpenSSF's compiler options guide says what each flag stops).
add_library(kv_build INTERFACE)
if(KV_SANITIZE OR CMAKE_BUILD_TYPE STREQUAL "Debug")
  target_compile_definitions(kv_build INTERFACE KV_CHECK_LOCK_ORDER)
endif()
if(KV_SANITIZE)
  # All but vptr: that check asks through a pipe whether memory can be read, and calls every object
  # invalid while a process has no descriptor left, which is what a test of ours makes happen.
  target_compile_options(kv_build INTERFACE -fsanitize=${KV_SANITIZE} -fno-sanitize=vptr
                                            -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(kv_build INTERFACE -fsanitize=${KV_SANITIZE})
  target_compile_definitions(kv_build INTERFACE KV_SANITIZED)
  if(KV_SANITIZE STREQUAL "thread")
    target_compile_definitions(kv_build INTERFACE KV_SANITIZED_THREADS)
  endif()
  if(KV_BUILD_FUZZERS)  # the fuzzer is told which way each input went
    target_compile_options(kv_build INTERFACE -fsanitize=fuzzer-no-link)
  endif()
else()
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  target_compile_options(kv_build INTERFACE
    -fstack-protector-strong -fstack-clash-protection
    $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2> -D_GLIBCXX_ASSERTIONS)
  target_link_options(kv_build INTERFACE -pie -Wl,-z,relro,-z,now,-z,noexecstack)
  # What nobody calls is left out of a program, and a library it does not use is not loaded.
  target_compile_options(kv_build INTERFACE -ffunction-sections -fdata-sections)
  target_link_options(kv_build INTERFACE -Wl,--gc-sections,--as-needed)
endif()

# The server is optimised as a whole when it is linked: a request goes through many small functions of several files, and
# inlined they take a twentieth less. Objects have machine code too ("fat"), for tests and others to link as usual.
add_library(kv_whole_program INTERFACE)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT KV_SANITIZE AND NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  # All symbols of the libraries are bound at the start (-z now), so calls need no stubs that bind them later.
  target_compile_options(kv_whole_program INTERFACE -flto=auto -ffat-lto-objects -fno-plt)
  set(kv_whole_program_link -flto=auto -fno-plt)
endif()

# For tests and lessons, which spend their time elsewhere: half the time to build. Linked last, since the
# last option counts; fortifying asks for optimisation.
add_library(kv_unoptimised INTERFACE)
target_compile_options(kv_unoptimised INTERFACE -O0 -U_FORTIFY_SOURCE)
