// handlers.h: one function a command, for the command table. By file.
//
// Each is given a call whose number of words fits its row and whose keys are valid; answers an
// error for everything else a client can get wrong; throws only std::bad_alloc, with the store as
// before. The store is locked by the handler itself, and for as short as it can: see Locked.
#pragma once

#include "server/resp/command.h"
#include "server/resp/value_type.h"

namespace kv::resp {

// connection.cpp
Reply handle_ping(Call& call);
Reply handle_echo(Call& call);
Reply handle_hello(Call& call);
Reply handle_auth(Call& call);
Reply handle_select(Call& call);
Reply handle_quit(Call& call);
Reply handle_reset(Call& call);

// strings.cpp
Reply handle_get(Call& call);
Reply handle_mget(Call& call);
Reply handle_strlen(Call& call);
Reply handle_getrange(Call& call);
Reply handle_getdel(Call& call);
Reply handle_mset(Call& call);
Reply handle_msetnx(Call& call);

// set.cpp
Reply handle_set(Call& call);
Reply handle_setnx(Call& call);
Reply handle_setex(Call& call);
Reply handle_psetex(Call& call);
Reply handle_getset(Call& call);
Reply handle_getex(Call& call);

// rewriting.cpp
Reply handle_append(Call& call);
Reply handle_setrange(Call& call);
Reply handle_rename(Call& call);
Reply handle_renamenx(Call& call);
Reply handle_copy(Call& call);

// counting.cpp
Reply handle_incr(Call& call);
Reply handle_decr(Call& call);
Reply handle_incrby(Call& call);
Reply handle_decrby(Call& call);
Reply handle_incrbyfloat(Call& call);

// keys.cpp
Reply handle_del(Call& call);
Reply handle_exists(Call& call);
Reply handle_touch(Call& call);
Reply handle_type(Call& call);
Reply handle_dbsize(Call& call);
Reply handle_flushall(Call& call);
Reply handle_flush(Call& call);
Reply handle_object_encoding(Call& call);
Reply handle_object_idletime(Call& call);
Reply handle_object_refcount(Call& call);
Reply handle_object_freq(Call& call);
Reply handle_memory_usage(Call& call);

// walking.cpp
Reply handle_keys(Call& call);
Reply handle_scan(Call& call);
Reply handle_randomkey(Call& call);

// expiring.cpp
Reply handle_expire(Call& call);
Reply handle_pexpire(Call& call);
Reply handle_expireat(Call& call);
Reply handle_pexpireat(Call& call);
Reply handle_ttl(Call& call);
Reply handle_pttl(Call& call);
Reply handle_expiretime(Call& call);
Reply handle_pexpiretime(Call& call);
Reply handle_persist(Call& call);

// client_commands.cpp
Reply handle_client_id(Call& call);
Reply handle_client_info(Call& call);
Reply handle_client_list(Call& call);
Reply handle_client_kill(Call& call);
Reply handle_client_getname(Call& call);
Reply handle_client_setname(Call& call);
Reply handle_client_setinfo(Call& call);
Reply handle_client_reply(Call& call);
Reply handle_client_switch(Call& call);
Reply handle_client_getredir(Call& call);

// monitoring.cpp
Reply handle_monitor(Call& call);

// config.cpp
Reply handle_config_get(Call& call);
Reply handle_config_set(Call& call);
Reply handle_config_resetstat(Call& call);
Reply handle_config_rewrite(Call& call);

// server_commands.cpp
Reply handle_info(Call& call);
Reply handle_time(Call& call);
Reply handle_debugtime(Call& call);
Reply handle_shutdown(Call& call);
Reply handle_help(Call& call);

// introspection.cpp
Reply handle_command(Call& call);
Reply handle_command_count(Call& call);
Reply handle_command_info(Call& call);
Reply handle_command_list(Call& call);
Reply handle_command_getkeys(Call& call);

// documentation.cpp
Reply handle_command_docs(Call& call);

// transactions.cpp
Reply handle_multi(Call& call);
Reply handle_exec(Call& call);
Reply handle_discard(Call& call);
Reply handle_watch(Call& call);
Reply handle_unwatch(Call& call);

}  // namespace kv::resp
