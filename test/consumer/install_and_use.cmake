# cmake -DBUILD=... -DTESTS=... -DSCRATCH=... -DGENERATOR=... -DCOMPILER=... [-DFLAGS=...] -P install_and_use.cmake
# Installs this project into a scratch prefix, then builds and runs there what others would have.
function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "failed (${status}): ${ARGV}")
  endif()
endfunction()

# use(PROJECT PROGRAM): a project of TESTS, and the program it makes.
function(use project program)
  run(${CMAKE_COMMAND} -S ${TESTS}/${project} -B ${SCRATCH}/${project} -G ${GENERATOR}
      -DCMAKE_PREFIX_PATH=${SCRATCH}/prefix
      -DCMAKE_CXX_COMPILER=${COMPILER} "-DCMAKE_CXX_FLAGS=${FLAGS}")
  run(${CMAKE_COMMAND} --build ${SCRATCH}/${project})
  run(${SCRATCH}/${project}/${program})
endfunction()

file(REMOVE_RECURSE ${SCRATCH})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${SCRATCH}/prefix)
if(NOT EXISTS ${SCRATCH}/prefix/share/doc/kvserver/LICENSE)
  message(FATAL_ERROR "installed without its licence")
endif()
use(consumer consumer)
use(examples cache_test)
set(users_path "PATH=${SCRATCH}/prefix/bin:$ENV{PATH}")
run(${CMAKE_COMMAND} -E env --unset=KV_URL ${users_path} ${TESTS}/examples/cache_test.sh)
run(${CMAKE_COMMAND} -E env ${users_path} /usr/bin/python3 -B -m pytest -q -p no:cacheprovider ${TESTS}/examples/test_cache.py)
