// Runs the suite that --run_test names: CTest gives each suite of a program a process of its own.
#define BOOST_TEST_MODULE kvserver
#include <boost/test/unit_test.hpp>
