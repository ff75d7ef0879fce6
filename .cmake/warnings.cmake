# Warnings for our own code. Linked PRIVATE, so that users of kv::client never inherit them.
add_library(kv_warnings INTERFACE)
target_compile_options(kv_warnings INTERFACE
  -Wall -Wextra -Wpedantic  # the usual mistakes
  -Wconversion              # a length that silently loses bits is how servers are broken into
  -Wshadow                  # two things of one name in one page cannot be read aloud
  -Wold-style-cast          # a cast says which kind it is
  -Wnon-virtual-dtor        # deleting through a base without a virtual destructor
  $<$<BOOL:${KV_WERROR}>:-Werror>
  # -Wthread-safety is clang's: fields marked KV_GUARDED_BY are touched only under their mutex.
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety -Werror=thread-safety>)
if(KV_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # ThreadSanitizer cannot follow atomic_thread_fence; Boost.Asio has one in a path we do not use.
  target_compile_options(kv_warnings INTERFACE -Wno-tsan)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # g++ 12 takes what a std::variant does not hold for something that is read, and a test's own
  # operator new for a stranger to free (GCC bugs 105562 and 103993); clang looks for both as well.
  target_compile_options(kv_warnings INTERFACE -Wno-maybe-uninitialized -Wno-mismatched-new-delete)
endif()
