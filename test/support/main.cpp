// Runs the suite named by --run_test: CTest runs each suite of a program in its own process.
#define BOOST_TEST_MODULE kvserver
#include <boost/test/unit_test.hpp>
