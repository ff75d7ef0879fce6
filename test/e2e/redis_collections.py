"""Random commands on lists, hashes, sets and sorted sets, SORT, and commands on whole databases.

A command whose answer is drawn by lot stands in a unit, commands that are sent and shrunk together, so that both servers
hold the same again behind it. So do those that need a key to hold something definite.

Not generated, beside what redis_commands.py names:

- Elements with a zero byte: SORT ALPHA compares with strcoll, which ends there, and Redis' sort is not stable.
- ZRANGEBYLEX and its kin on members of different scores: Redis documents the answer as unspecified.
- SORT with a pattern and ALPHA together with LIMIT or STORE: equal weights come in any order.
- HSCAN, SSCAN and ZSCAN with a small COUNT: the cursor is the server's.
- OBJECT ENCODING of what was changed since it was made: Redis never goes back to the smaller form.
- An empty word that a wrong number of keys would make a key: kvserver's keys have a byte at least.
- Blocking for longer than 5 ms: redis_blocking.py has that.
"""

from commands import Key

letters = [b"a", b"b", b"c", b"d", b"e", b"", b"\xff\xfe", b"x y", b"a" * 64, b"a" * 65, b"B"]
numbers = [b"0", b"1", b"2", b"3", b"10", b"-1", b"1.5", b"-7", b"9223372036854775807", b"1e3", b"inf"]
scores = [b"0", b"1", b"1", b"2", b"3", b"-1", b"1.5", b"-0", b"inf", b"-inf", b"+inf", b"0x10", b"1e300", b"-1e300", b"1e-300", b"3.0e3",
          b"0.1", b"0.2", b"17179869184", b"9007199254740993", b"1e17", b"123456789.123456789", b".5", b"5.", b"infinity", b"-Infinity",
          b"+5", b"007", b"0x1p3", b"1e21", b"123456789012345678", b"1e-5000"]
odd_scores = [b"nan", b"-nan", b"", b"x", b" 1", b"1 ", b"1e5000", b"1,5", b"0x", b"--1", b"1\0"]
bounds = [b"-inf", b"+inf", b"(0", b"(1", b"0", b"1", b"2", b"3", b"(3", b"1.5", b"(-inf", b"(+inf", b"-1", b"1e300"]
odd_bounds = [b"(", b"x", b"nan", b"((1", b"", b"[1", b"(nan", b"1 "]
places = [b"-", b"+", b"[a", b"(a", b"[c", b"(c", b"[", b"(", b"[zz", b"(d", b"[\xff"]
odd_places = [b"a", b"", b"-x", b"+x", b"1"]
timeouts = [b"0.001", b"0.005", b".002", b"1e-3"]
odd_timeouts = [b"-1", b"x", b"", b"nan", b"1e400", b"-0.5", b" 1"]

one_of_each = """set T 10; rpush L 1 2 3; hset H f 1 g 2; sadd S 1 2 3; zadd Z 1 1 2 2 3 3"""
"""Keys of every type; N is none."""

plain_calls = """
append K x; copy K N; copy T K replace; decr K; decrby K 2; del K; exists K; expire K 100000; expireat K 4102444800; get K; getdel K;
getex K persist; getrange K 0 -1; getset K x; incr K; incrby K 2; incrbyfloat K 1.5; lcs K T; mget K T; mset K x; msetnx K x; persist K;
pexpire K 100000000; psetex K 100000000 x; rename K N; rename T K; renamenx K N; set K x; set K x get; set K x nx; set K x xx keepttl;
setex K 100000 x; setnx K x; setrange K 1 x; strlen K; substr K 0 1; touch K; ttl K; type K; unlink K; object encoding K; object freq K;
bitcount K; bitfield K get u8 0; bitfield K set u8 0 1; bitfield_ro K get u8 0; bitop and N K T; bitop not K T; bitpos K 1; getbit K 1; setbit K 1 1;
lpush K 1; rpush K 1; lpushx K 1; rpushx K 1; lpop K; rpop K; lpop K 2; rpop K 0; llen K; lindex K 0; lset K 0 x; linsert K before 1 x;
lrem K 0 1; ltrim K 1 1; lrange K 0 -1; lpos K 2; lmove K L left right; lmove L K left right; lmove K N left left; rpoplpush K L; rpoplpush L K;
lmpop 1 K left; lmpop 2 N K left count 2; lmpop 2 K L right;
blpop K 0.001; blpop N K 0.001; brpop K 0.001; blmove K N left left 0.001; blmove L K left left 0.001; brpoplpush L K 0.001; blmpop 0.001 2 N K left;
bzpopmin N K 0.001; bzpopmax K 0.001; bzmpop 0.001 2 N K max count 2;
hset K f 1; hmset K f 1; hsetnx K f 1; hget K f; hmget K f x; hgetall K; hdel K f; hexists K f; hlen K; hstrlen K f; hkeys K; hvals K; hincrby K f 1;
hincrbyfloat K f 1.5; hrandfield K; hrandfield K 1000; hrandfield K -3; hrandfield K 1000 withvalues; hscan K 0 count 1000000;
sadd K 1 9; srem K 1; smembers K; scard K; sismember K 1; smismember K 1 9; smove K S 1; smove S K 1; smove K N 1; sunion K S; sinter K S; sinter S N K;
sinter N K; sdiff S K; sdiff K; sdiff N K; sunionstore N K; sinterstore N S K; sdiffstore N S K; sunionstore K S; sinterstore K N S; sintercard 2 K S;
sintercard 2 N K; spop K 1000; spop K 0; srandmember K; srandmember K 1000; sscan K 0 count 1000000;
zadd K 1 x; zadd K incr 1 1; zadd K xx gt ch 5 1; zincrby K 1 1; zrem K 1; zcard K; zscore K 1; zmscore K 1 9; zcount K 1 2; zrank K 1; zrevrank K 1;
zpopmin K; zpopmax K 2; zmpop 1 K min; zmpop 2 N K max count 2; zrandmember K; zrandmember K 1000; zrandmember K 1000 withscores; zscan K 0 count 1000000;
zremrangebyrank K 0 0; zremrangebyscore K 1 2; zremrangebylex K - +; zrange K 0 -1; zrange K 0 -1 withscores; zrange K 1 2 byscore; zrange K + - bylex rev;
zrevrange K 0 -1; zrangebyscore K 1 2; zrevrangebyscore K 2 1; zrangebylex K - +; zrevrangebylex K + -; zlexcount K - +; zrangestore N K 0 -1;
zrangestore K Z 0 0; zunion 2 K Z; zunion 2 K S withscores; zinter 2 K Z; zdiff 2 Z K; zdiff 2 K S withscores; zunionstore N 2 K Z; zunionstore K 1 Z;
zinterstore N 2 Z K weights 2 3; zdiffstore N 2 K Z; zintercard 2 K Z; zintercard 2 N K;
sort K; sort K alpha desc; sort K by nosort; sort K store N; sort L store K; sort L by T* get # get K; sort L by nosort get K->f; sort_ro K;
move K 1; move N 1; copy K T db 1; watch K
"""
"""Of every command a call or more; K is a key of each of the types in turn."""


class Collections:
    """The tables by group; RedisCommands has the chances, keys and values they are made of."""

    def list_key(self):
        return self.typed_key(b"l1", b"l2")

    def hash_key(self):
        return self.typed_key(b"h1", b"h2")

    def set_key(self):
        return self.typed_key(b"s1", b"s2", b"s3")

    def sorted_key(self):
        return self.typed_key(b"z1", b"z2", b"z3")

    def typed_key(self, *names):
        return self.any_key() if self.chance(0.07) else Key(self.random.choice(names))

    def any_key(self):
        return Key(self.one_of(b"a", b"b", b"c", b"none", b"l1", b"l2", b"h1", b"h2", b"s1", b"s2", b"z1", b"z2"))

    def element(self):
        return self.random.choice(letters[:5] if self.chance(0.6) else letters if self.chance(0.5) else numbers)

    def elements(self, most=4):
        if self.chance(0.01):
            return [b"%d" % number for number in range(600)]
        return [self.element() for _ in range(self.random.randint(1, most))]

    def count(self):
        return self.integer() if self.chance(0.1) else b"%d" % self.random.randint(-3, 5)

    def few(self):
        return self.random.choice([b"0", b"-1", b"x", b"9223372036854775808"]) if self.chance(0.1) else b"%d" % self.random.randint(1, 4)

    def end(self):
        return self.one_of(b"LEFT", b"right", b"LEFT", b"RIGHT", b"x" if self.chance(0.1) else b"left")

    def extreme(self):
        return self.one_of(b"MIN", b"max", b"min", b"MAX", b"x" if self.chance(0.1) else b"Min")

    def numbered_keys(self, key):
        keys = [key() for _ in range(self.random.randint(1, 3))]
        number = len(keys) if self.chance(0.92) else self.random.choice([0, -1, 1, 5, 2])
        return [self.one_of(b"x", b"") if self.chance(0.02) else b"%d" % number, *keys]

    def maybe(self, *words, probability=0.4):
        return list(words) if self.chance(probability) else []

    def beginnings(self):
        """Something under most keys, lest most commands meet nothing."""
        made = [[b"rpush", Key(name), *self.elements(8)] for name in (b"l1", b"l2")]
        made += [[b"hset", Key(name), *(word for field in self.elements(5) for word in (field, self.value()))] for name in (b"h1", b"h2")]
        made += [[b"sadd", Key(name), *self.elements(8)] for name in (b"s1", b"s2", b"s3")]
        made += [[b"zadd", Key(name), *self.scored(8)] for name in (b"z1", b"z2", b"z3")]
        return [words for words in made if self.chance(0.8)]

    def anything(self):
        """A unit of one or more commands from any of the groups."""
        group = self.random.choices(self.groups, self.weights)[0]
        return group(self)

    def lists(self):
        key, other, element = self.list_key(), self.list_key(), self.element()
        return self.one_of(
            [b"lpush", key, *self.elements()], [b"rpush", key, *self.elements()], [b"rpush", key, *self.elements(8)],
            [b"lpushx", key, *self.elements()], [b"rpushx", key, *self.elements()],
            [b"lpop", key], [b"rpop", key], [b"lpop", key, self.count()], [b"rpop", key, self.count()],
            [b"llen", key], [b"lindex", key, self.index()], [b"lset", key, self.index(), element],
            [b"linsert", key, self.one_of(b"BEFORE", b"after", b"x" if self.chance(0.1) else b"Before"), self.element(), element],
            [b"lrem", key, self.count(), element],
            [b"ltrim", key, self.index(), self.one_of(b"-1", self.index())], [b"lrange", key, self.index(), self.index()],
            [b"lrange", key, b"0", b"-1"], [b"lrange", key, b"0", b"-1"],
            [b"lpos", key, element, *self.maybe(b"RANK", self.count()), *self.maybe(b"count", self.count()),
             *self.maybe(b"MAXLEN", self.count()), *self.maybe(b"x", probability=0.03)],
            [b"lmove", key, other, self.end(), self.end()], [b"rpoplpush", key, other],
            [b"lmpop", *self.numbered_keys(self.list_key), self.end(), *self.maybe(b"COUNT", self.few()), *self.maybe(b"count", probability=0.03)])

    def hashes(self):
        key, field = self.hash_key(), self.element()
        pairs = [word for _ in range(self.random.randint(1, 4)) for word in (self.element(), self.value())]
        return self.one_of(
            [b"hset", key, *pairs], [b"hset", key, *pairs], [b"hset", key, *pairs], [b"hmset", key, *pairs],
            [b"hset", key, *self.elements(1), b"x"], [b"hset", key, *pairs, b"x"], [b"hsetnx", key, field, self.value()],
            [b"hget", key, field], [b"hmget", key, *self.elements()], [b"hgetall", key], [b"hgetall", key],
            [b"hdel", key, *self.elements()], [b"hexists", key, field], [b"hlen", key], [b"hstrlen", key, field],
            [b"hkeys", key], [b"hvals", key],
            [b"hincrby", key, field, self.integer()], [b"hincrby", key, b"1", self.integer()],
            [b"hincrbyfloat", key, field, self.float()], [b"hincrbyfloat", key, b"1.5", self.float()],
            [b"hrandfield", key], [b"hrandfield", key, self.drawn()],
            [b"hrandfield", key, self.drawn(), self.one_of(b"WITHVALUES", b"withvalues", b"x")],
            [b"hrandfield", key, b"-4611686018427387905", b"withvalues"], [b"hscan", key, *self.scanning()])

    def scanning(self):
        return [self.one_of(b"0", b"0", b"0", b"x", b""), *self.maybe(b"MATCH", self.one_of(b"*", b"a*", b"[1-9]*", b"?")),
                b"count", self.one_of(b"1000000", b"1000000", b"1000000", b"0", b"x"), *self.maybe(b"x", probability=0.03)]

    def drawn(self):
        """How many are drawn by lot; a thousand are all there are, except of the few that have been made larger."""
        return self.one_of(b"0", b"1", b"3", b"-1", b"-5", b"1000", b"1000", b"1000", self.one_of(
            b"x", b"", b"-9223372036854775808", b"9223372036854775808"))

    def sets(self):
        key, other, member = self.set_key(), self.set_key(), self.element()
        several = [self.set_key() for _ in range(self.random.randint(1, 3))]
        return self.one_of(
            [b"sadd", key, *self.elements()], [b"sadd", key, *self.elements(8)], [b"sadd", key, *numbers[:self.random.randint(1, 6)]],
            [b"srem", key, *self.elements()], [b"smembers", key], [b"smembers", key], [b"scard", key],
            [b"sismember", key, member], [b"smismember", key, *self.elements()], [b"smove", key, other, member],
            [self.one_of(b"sunion", b"sinter", b"sdiff"), *several],
            [self.one_of(b"sunionstore", b"sinterstore", b"sdiffstore"), other, *several],
            [b"sintercard", *self.numbered_keys(self.set_key), *self.maybe(b"LIMIT", self.few()), *self.maybe(b"x", probability=0.03)],
            [b"srandmember", key], [b"srandmember", key, self.drawn()], [b"sscan", key, *self.scanning()],
            [b"spop", key, self.one_of(b"1000", b"0", b"-1", b"x")],
            [[b"spop", key, *self.maybe(b"2")], [b"del", key]],
            [[b"del", key], [b"sadd", key, member], [b"spop", key, *self.maybe(b"1")], [b"exists", key]])

    def sorted_sets(self):
        key, member = self.sorted_key(), self.element()
        return self.one_of(
            [b"zadd", key, *self.scored()], [b"zadd", key, *self.scored(6)], [b"zadd", key, *self.flags(), *self.scored()],
            [b"zadd", key, *self.flags(), *self.scored()], [b"zadd", key, *self.flags(), self.score()], [b"zincrby", key, self.score(), member],
            [b"zrem", key, *self.elements()], [b"zcard", key], [b"zscore", key, member], [b"zmscore", key, *self.elements()],
            [b"zcount", key, *self.span(b"-inf", b"+inf", self.bound)], [self.one_of(b"zrank", b"zrevrank"), key, member],
            [b"zpopmin", key], [b"zpopmax", key], [self.one_of(b"zpopmin", b"zpopmax"), key, self.count()],
            [b"zmpop", *self.numbered_keys(self.sorted_key), self.extreme(), *self.maybe(b"COUNT", self.few())],
            [b"zrandmember", key], [b"zrandmember", key, self.drawn()],
            [b"zrandmember", key, self.drawn(), self.one_of(b"WITHSCORES", b"withscores", b"x")], [b"zscan", key, *self.scanning()],
            [b"zremrangebyrank", key, self.index(), self.index()], [b"zremrangebyscore", key, *self.span(b"-inf", b"+inf", self.bound)])

    def sorted_ranges(self):
        key, to = self.sorted_key(), self.sorted_key()
        with_scores = self.maybe(self.one_of(b"WITHSCORES", b"withscores"))
        limit = self.limit()
        several = self.one_of(self.sorted_key, self.sorted_key, lambda: self.one_of(self.sorted_key, self.set_key)())
        name = self.one_of(b"zunion", b"zinter", b"zdiff")
        return self.one_of(
            [b"zrange", key, b"0", b"-1", *with_scores], [b"zrange", key, b"0", b"-1", *with_scores],
            [b"zrange", key, self.index(), self.index(), *self.maybe(b"REV"), *with_scores, *self.maybe(*limit, probability=0.1)],
            [b"zrange", key, *self.span(b"-inf", b"+inf", self.bound), b"BYSCORE", *self.maybe(b"rev"), *limit, *with_scores],
            [b"zrevrange", key, self.index(), self.index(), *with_scores],
            [self.one_of(b"zrangebyscore", b"zrevrangebyscore"), key, *self.span(b"-inf", b"+inf", self.bound), *with_scores, *limit],
            [b"zrangestore", to, key, self.index(), self.index(), *self.maybe(b"REV"), *self.maybe(*with_scores, probability=0.1)],
            [b"zrangestore", to, key, *self.span(b"-inf", b"+inf", self.bound), b"byscore", *self.maybe(b"REV"), *limit],
            [name, *self.numbered_keys(several), *self.weighing(name), *with_scores],
            [name + b"store", to, *self.numbered_keys(several), *self.weighing(name), *self.maybe(*with_scores, probability=0.1)],
            [b"zintercard", *self.numbered_keys(several), *self.maybe(b"LIMIT", self.few())],
            self.by_letters(key, to), self.by_letters(key, to))

    def by_letters(self, key, to):
        """Made anew, since the answer is only defined for members of one score."""
        (low, high), limit = self.span(b"-", b"+", self.place), self.limit()
        made = self.one_of([b"set", key, b"x"], *[[b"zadd", key, *(word for name in self.elements(7) for word in (b"1", name))]] * 6)
        return [[b"del", key], made, self.one_of(
            [self.one_of(b"zrangebylex", b"zrevrangebylex"), key, low, high, *limit], [b"zlexcount", key, low, high],
            [b"zremrangebylex", key, low, high], [b"zrange", key, low, high, b"BYLEX", *self.maybe(b"REV"), *limit],
            [b"zrange", key, low, high, b"BYLEX", b"WITHSCORES"], [b"zrangestore", to, key, low, high, b"BYLEX", *limit])]

    def score(self):
        return self.random.choice(odd_scores if self.chance(0.03) else scores)

    def scored(self, most=3):
        return [word for _ in range(self.random.randint(1, most)) for word in (self.score(), self.element())]

    def flags(self):
        return [self.one_of(b"NX", b"XX", b"gt", b"LT", b"ch", b"CH", b"INCR") for _ in range(self.one_of(1, 1, 2, 3))]

    def limit(self):
        return self.maybe(b"LIMIT", self.one_of(b"0", b"0", b"1", self.count()), self.one_of(b"2", b"-1", b"10", self.count()))

    def span(self, lowest, highest, bound):
        low, high = self.one_of(lowest, bound()), self.one_of(highest, bound())
        return (high, low) if self.chance(0.3) else (low, high)

    def bound(self):
        return self.random.choice(odd_bounds if self.chance(0.05) else bounds)

    def place(self):
        return self.random.choice(odd_places if self.chance(0.05) else places)

    def weighing(self, name):
        if name == b"zdiff":
            return []
        weights = [self.random.choice([b"1", b"2", b"-1", b"0", b"0.5", b"inf", b"x" if self.chance(0.1) else b"3"])
                   for _ in range(self.random.randint(1, 3))]
        return self.maybe(b"WEIGHTS", *weights, probability=0.3) + self.maybe(
            b"AGGREGATE", self.one_of(b"sum", b"MIN", b"max", b"x" if self.chance(0.1) else b"SUM"))

    def sorting(self):
        """Of what is made for it, mostly: numbers, or letters that other keys are named after."""
        key, to = self.any_key(), self.one_of(self.list_key, self.list_key, self.any_key)()
        share_of_numbers = self.one_of(0.5, 1)
        content = [self.random.choice(numbers if self.chance(share_of_numbers) else letters[:5]) for _ in range(self.random.randint(1, 8))]
        made = self.one_of([b"rpush", key, *content], [b"rpush", key, *content], [b"sadd", key, *content],
                           [b"zadd", key, *(word for member in content for word in (self.random.choice(scores[:8]), member))])
        sort = [self.one_of(b"sort", b"sort", b"sort_ro"), key, *self.sort_options(to, made[0])]
        # Redis' SORT asks errno, which a number that was out of range has left behind and the next number clears.
        number = [b"zadd", Key(b"none"), b"XX", b"1", b"nobody"]
        # It turns a sorted set into a skiplist for good, which keeps a -0 that a listpack makes 0.
        return [*self.one_of([[b"del", key], made], [[b"del", key], made], []), number, sort, [b"del", key]]

    def sort_options(self, to, kind):
        by = self.one_of(None, None, b"nosort", Key(b"*"), Key(b"w_*"), Key(b"h*->1"), b"*")
        gets = [word for _ in range(self.one_of(0, 0, 0, 1, 2)) for word in (b"GET", self.one_of(b"#", Key(b"*"), Key(b"h*->a"), b"none"))]
        is_definite = by is None
        alpha = self.maybe(b"ALPHA", probability=0.3 if is_definite else 0.5)
        limit = self.limit() if (is_definite or not alpha) and by != b"nosort" else []
        store = [b"STORE", to] if (is_definite or not alpha) and self.chance(0.3) else []
        words = [[b"BY", by] if by else [], gets, alpha, limit, store, self.maybe(self.one_of(b"DESC", b"asc")),
                 self.maybe(b"x", probability=0.02)]
        self.random.shuffle(words)
        return [word for part in words for word in part]

    def any_type(self):
        """What is said of keys of every type, and commands of one type on keys of another."""
        key, other = self.any_key(), self.any_key()
        crossing = self.retargeted(self.one_of(self.lists, self.hashes, self.sets, self.sorted_sets)(), self.any_key)
        return self.one_of(
            [b"type", key], [b"exists", key, other], [b"del", key, other], [b"unlink", key], [b"rename", key, other],
            [b"renamenx", key, other], [b"copy", key, other, *self.maybe(b"REPLACE")], [b"expire", key, self.seconds(), *self.expire_options()],
            [b"ttl", key], [b"pttl", key], [b"persist", key], [b"get", key], [b"getset", key, b"x"], [b"append", key, b"x"], [b"incr", key],
            [b"mget", key, other], [b"set", key, b"x", *self.set_options()], [b"strlen", key], [b"setrange", key, b"1", b"x"],
            [b"keys", Key(b"*")], [b"scan", b"0", b"match", Key(b"*"), b"count", b"1000000", *self.maybe(
                b"TYPE", self.one_of(b"list", b"hash", b"SET", b"zset", b"string", b"x"))],
            [b"touch", key, other], [b"object", self.one_of(b"freq", b"nonsense"), key], *[self.encoding()] * 3,
            *[crossing if self.is_harmless(crossing) else [b"type", key]] * 6)

    def watched_collection(self):
        """WATCH of a key that holds something, and commands on it: those that change nothing must not spoil the transaction."""
        group, name = self.one_of((self.lists, b"l1"), (self.hashes, b"h1"), (self.sets, b"s1"), (self.sorted_sets, b"z1"))
        key, made = Key(name), [words for words in self.beginnings() if words[1] == Key(name)]
        changes = [self.retargeted(group(), lambda: key) for _ in range(self.one_of(0, 1, 1, 2))]
        return [self.framed(words) for words in [*made, [b"watch", key]]], [self.framed(words) for words in changes if self.is_harmless(words)]

    @staticmethod
    def retargeted(words, key):
        """The same command on other keys; nothing for a unit of several commands."""
        return [key() if isinstance(word, Key) else word for word in words if not isinstance(word, list)]

    @staticmethod
    def is_harmless(words):
        """Not a draw by lot that changes the key."""
        return len(words) > 1 and not (words[0] == b"spop" and words[2:] not in ([b"1000"], [b"0"], [b"-1"], [b"x"]))

    def encoding(self):
        key, size = self.any_key(), self.one_of(1, 3, 128, 129, 512, 513)
        members = [b"%d" % number for number in range(size)]
        if self.chance(0.4):
            members[-1] = self.one_of(b"x", b"a" * 64, b"a" * 65, b"1.5", b"9223372036854775808", b"01")
        made = self.one_of([b"rpush", key, *members], [b"sadd", key, *members], [b"hset", key, *(word for name in members for word in (name, name))],
                           [b"zadd", key, *(word for name in members for word in (b"1", name))], [b"set", key, members[-1]])
        return [[b"del", key], made, [b"object", b"encoding", key]]

    def databases(self):
        number, other = self.database(), self.database()
        key = self.any_key()
        return self.one_of(
            [b"select", b"0" if number == b"x" else number], [b"select", b"0"], [b"move", key, number], [b"move", key, number], [b"swapdb", number, other],
            [b"copy", key, self.any_key(), b"DB", number, *self.maybe(b"REPLACE")], [b"dbsize"], [b"randomkey"],
            *[[[b"select", b"1"], self.one_of(self.lists, self.sorted_sets, self.hashes)(), [b"select", b"0"]]] * 2,
            [self.one_of(b"flushdb", b"flushall"), *self.maybe(self.one_of(b"ASYNC", b"sync", b"x"))] if self.chance(0.2) else [b"dbsize"])

    def database(self):
        return self.random.choice([b"-1", b"16", b"x", b"", b"4294967296"]) if self.chance(0.1) else self.one_of(b"0", b"1", b"2", b"15")

    def brief_waits(self):
        """Blocking pops that find something or give up after a few milliseconds."""
        timeout = self.random.choice(odd_timeouts if self.chance(0.2) else timeouts)
        lists, sorted_sets = [[key() for _ in range(self.random.randint(1, 3))] for key in (self.list_key, self.sorted_key)]
        return self.one_of(
            [self.one_of(b"blpop", b"brpop"), *lists, timeout], [b"blmove", self.list_key(), self.list_key(), self.end(), self.end(), timeout],
            [b"brpoplpush", self.list_key(), self.list_key(), timeout],
            [b"blmpop", timeout, *self.numbered_keys(self.list_key), self.end(), *self.maybe(b"COUNT", self.few())],
            [self.one_of(b"bzpopmin", b"bzpopmax"), *sorted_sets, timeout],
            [b"bzmpop", timeout, *self.numbered_keys(self.sorted_key), self.extreme(), *self.maybe(b"COUNT", self.few())])

    groups = [lists, hashes, sets, sorted_sets, sorted_ranges, sorting, any_type, databases, brief_waits]
    weights = [20, 14, 16, 14, 14, 8, 12, 3, 1]
