# find_package(kvserver) lands here; kv::client is what it gives.
include(CMakeFindDependencyMacro)
find_dependency(Threads)
find_dependency(fmt)
include(${CMAKE_CURRENT_LIST_DIR}/kvserver-targets.cmake)
