// keys_ahead.h: the keys of requests that have come and are not read yet.
//
// A client that sends many requests at once has its keys looked up together, before the requests
// are carried out one by one: that is where most of the time of such a request went
// (server/store/look_ahead.cpp). What a dialect names here is a guess. A key too few costs a little
// time and so does one too many; no answer depends on it.
#pragma once

#include "server/store/store.h"

#include <boost/container/static_vector.hpp>

#include <string_view>

namespace kv {

/// Views into the stream's input; as many as may be looked up together under one short lock.
using KeysAhead = boost::container::static_vector<std::string_view, 32>;

/// Brings what is stored under these keys into the processor's cache. Takes the store's lock.
void look_ahead(const KeysAhead& keys, Store& store);

}  // namespace kv
