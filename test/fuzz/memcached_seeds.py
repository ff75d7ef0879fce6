"""What fuzz_memcached begins with: what a client sends to memcache://. seeds.py writes each into a file."""

import struct


def packet(opcode, key=b"", extras=b"", value=b"", cas=0):
    body = extras + key + value
    return struct.pack(">BBHBBHIIQ", 0x80, opcode, len(key), len(extras), 0, 0, len(body), 17, cas) + body


binary_counting = (
    packet(5, b"n", struct.pack(">QQI", 1, 5, 0)) + packet(5, b"n", struct.pack(">QQI", 1, 5, 0))
    + packet(6, b"n", struct.pack(">QQI", 9, 5, 2**32 - 1)) + packet(21, b"m", struct.pack(">QQI", 1, 5, 2**32 - 1))
    + packet(22, b"n", struct.pack(">QQI", 1, 5, 0), cas=1))
binary_errors = (
    packet(27, extras=b"1234") + packet(32) + packet(33, b"PLAIN", value=b"\0user\0secret")
    + packet(255, b"k", b"e", b"v") + packet(0))
binary_server = packet(11) + packet(10) + packet(8, extras=struct.pack(">I", 100)) + packet(24) + packet(7) + packet(10)
binary_storage = (
    packet(1, b"a", bytes(8), b"one") + packet(0, b"a") + packet(12, b"a") + packet(9, b"x") + packet(13, b"a")
    + packet(2, b"a", bytes(8), b"two") + packet(3, b"a", bytes(8), b"two", 1) + packet(14, b"a", value=b">")
    + packet(15, b"a", value=b"<", cas=2) + packet(17, b"b", bytes(8), b"") + packet(4, b"a", cas=9) + packet(20, b"a")
    + packet(28, b"b", struct.pack(">I", 100)) + packet(29, b"b", bytes(4)) + packet(36, b"x", bytes(4))
    + packet(1, b"a", bytes(8), 5000 * b"x") + packet(16, b"stats"))

add_and_replace = (
    b"replace lamp 0 0 2\r\non\r\nadd lamp 0 0 2\r\non\r\nadd lamp 0 0 3\r\noff\r\nget lamp\r\n"
    b"replace lamp 5 0 3\r\noff\r\nget lamp\r\ndelete lamp\r\nreplace lamp 0 0 2\r\non\r\n")
administration = (
    b"version\r\nverbosity 1\r\nverbosity\r\nstats reset\r\nstats\r\nstats nonsense\r\ncache_memlimit 64\r\n"
    b"cache_memlimit 1\r\nshutdown\r\n")
append_and_prepend = (
    b"append line 0 0 1\r\nx\r\nprepend line 0 0 1\r\nx\r\nset line 9 0 3\r\nmid\r\nappend line 1 -1 1\r\n>\r\n"
    b"prepend line 2 -1 1\r\n<\r\nget line\r\nappend line 0 0 0\r\n\r\nget line\r\n")
bad_data_block = b"set a 0 0 1\r\n1\r\nset a 0 0 3\r\n123XXget a\r\nset a 0 0 3\r\n123456\r\n"
bad_lines = (
    b"nonsense\r\nGET a\r\n\r\nget\r\nset a 0 0\r\nadd a 0 0 1 noreply more\r\nset a -1 0 1\r\nset a 0 0 -1\r\n"
    b"set a 0 0 2147483648\r\nset a 0 0 1.5\r\nget " + 250 * b"k" + b"\r\nget " + 251 * b"k" + b"\r\ndelete "
    + 251 * b"k" + b"\r\nincr " + 251 * b"k" + b" 1\r\nset " + 251 * b"k" + b" 0 0 1\r\nget a\r\n")
cas = (
    b"cas seat 0 0 4 1\r\nanna\r\nset seat 0 0 4\r\nfree\r\ngets seat\r\ncas seat 3 0 4 1\r\nanna\r\n"
    b"cas seat 0 0 3 1\r\nbob\r\ngets seat\r\ntouch seat 1000\r\ngets seat\r\nappend seat 0 0 1\r\n!\r\n"
    b"cas seat 0 0 4 1\r\nfree\r\ncas seat 0 0 4 soon\r\ncas seat 0 0 4\r\n")
counting = (
    b"incr visits 1\r\nset visits 0 0 1\r\n9\r\nincr visits 1\r\nincr visits 90\r\ndecr visits 1\r\n"
    b"get visits\r\ndecr visits 1000\r\nset visits 0 0 20\r\n18446744073709551615\r\nincr visits 2\r\n"
    b"set visits 0 0 4\r\nmany\r\nincr visits 1\r\ndecr visits 1\r\nincr visits\r\nincr visits one\r\n"
    b"incr visits -1\r\nincr visits 18446744073709551616\r\nget visits\r\n")
deleting = (
    b"set one 0 0 1\r\n1\r\nset two 0 0 1\r\n2\r\ndelete one\r\ndelete one\r\nget one two\r\nflush_all\r\n"
    b"get two\r\nset one 0 0 1\r\n1\r\nflush_all 1000\r\nget one\r\nflush_all 0\r\nget one\r\nflush_all soon\r\n"
    b"set one 0 0 1\r\n1\r\ndelete one 0\r\ndelete one 5\r\n")
expiry = (
    b"set a 0 100 1\r\n1\r\nget a\r\nset a 0 -1 1\r\n2\r\nget a\r\nset a 0 2592000 1\r\n3\r\nget a\r\n"
    b"set a 0 2592001 1\r\n4\r\nget a\r\nset a 0 0 1\r\n5\r\ntouch a 100\r\ngat 200 a\r\ngat -1 a\r\nget a\r\n"
    b"touch a 100\r\ngat 100 a\r\nset a 0 soon 1\r\ntouch a soon\r\ngat soon a\r\n")
listing_keys = (
    b"set a 0 0 1\r\n1\r\nlru_crawler mgdump all\r\nlru_crawler metadump all\r\nlru_crawler metadump nonsense\r\n")
meta_arithmetic = (
    b"ma n\r\nma n N0 J10 v\r\nma n v\r\nma n D9 v\r\nma n MD D5 v\r\nma n M- D100 v\r\nma n\r\nma n q\r\n"
    b"mg n v\r\nma n T100 t\r\nmg n c\r\nma n C1 v\r\nma n C1 v\r\nms n 4\r\nmany\r\nma n\r\nma n Dx\r\n")
meta_delete = (
    b"md a\r\nms a 3\r\none\r\nmd a q\r\nmg a v\r\nms a 3\r\none\r\nmg a c\r\nmd a C18446744073709551615\r\n"
    b"md a C1 Oid k\r\nms a 3\r\none\r\nmd a I T100\r\nmg a v t\r\nmg a v\r\nms a 3\r\ntwo\r\nmg a v\r\n")
meta_get = (
    b"mg a v\r\nset a 5 0 3\r\none\r\nmg a\r\nmg a v\r\nmg a s f k t\r\nmg a v f Oid17 k\r\nmg a T100 t\r\n"
    b"mg a T0 t\r\nset b 0 0 1\r\n1\r\nmg b h l u\r\nmg b h\r\nmg b h\r\nmg nobody v q\r\nmn\r\nms Zm9v 3 b\r\n"
    b"foo\r\nmg Zm9v b k v\r\nmg foo k v\r\nmg\r\nmg " + 251 * b"k" + b"\r\n")
meta_noop = b"mn\r\nmg a v q\r\nmg b v q\r\nmn\r\n"
meta_recache = (
    b"mg page v N100 t\r\nmg page v N100\r\nms page 4 T100\r\nhtml\r\nmg page v N100\r\nmg page v R30\r\n"
    b"mg page v R200\r\nmg page v R200\r\n")
meta_set = (
    b"ms a 3\r\none\r\nmg a v t f\r\nms a 3 T100 F7 k Oid\r\ntwo\r\nmg a v t f\r\nms a 1 ME\r\nx\r\nms b 1 ME\r\n"
    b"x\r\nms nobody 1 MR\r\nx\r\nms nobody 1 MA\r\nx\r\nms a 1 MA\r\n>\r\nms a 1 MP\r\n<\r\nmg a v\r\nmg a c\r\n"
    b"ms a 1 C1\r\n1\r\nms a 1 C1\r\n2\r\nms nobody 1 C1\r\n2\r\nms a 1 q\r\n3\r\nms a 1 q ME\r\n4\r\nmn\r\n"
    b"ms a\r\nms a x\r\nms a 1 Fx\r\n1\r\nms a 1 MX\r\n1\r\nms a 1\r\n1XX\r\n")
noreply = (
    b"set a 0 0 1 noreply\r\n1\r\nadd b 0 0 1 noreply\r\n2\r\nreplace b 0 0 1 noreply\r\n3\r\n"
    b"append b 0 0 1 noreply\r\n4\r\nprepend b 0 0 1 noreply\r\n0\r\nget a b\r\nincr a 5 noreply\r\n"
    b"decr a 2 noreply\r\ntouch a 100 noreply\r\ndelete b noreply\r\ncas a 0 0 1 18446744073709551615 noreply\r\n"
    b"x\r\nverbosity 1 noreply\r\nget a b\r\nincr nothing 1 noreply\r\ndelete nothing noreply\r\n"
    b"add a 0 0 1 noreply\r\n9\r\nflush_all noreply\r\nget a\r\n")
other_protocols = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nflush_all\r\n"
out_of_memory = (
    b"set a 0 0 800\r\n" + 300 * b"a" + b"\r\nset b 0 0 800\r\n" + 300 * b"b" + b"\r\nset c 0 0 800\r\n" + 300 * b"c"
    + b"\r\nappend a 0 0 800\r\n" + 300 * b"d" + b"\r\nget a\r\ndelete a\r\nset c 0 0 800\r\n" + 300 * b"c"
    + b"\r\nget c\r\n")
pipelining = b"set a 0 0 1\r\n1\r\nset b 0 0 1\r\n2\r\nget a b\r\nnonsense\r\ndelete a\r\nget a b\r\nmn\r\n"
quit = b"set a 0 0 1\r\n1\r\nquit\r\nget a\r\n"
set_and_get = (
    b"set greeting 7 0 5\r\nhello\r\nget greeting\r\nget nobody\r\nset name 0 0 5\r\nworld\r\n"
    b"get greeting nobody name\r\nset empty 0 0 0\r\n\r\nset bytes 0 0 8\r\na\r\nb\x00\xff\x1bz\r\n"
    b"get empty bytes\r\nset greeting 0 0 2\r\nhi\r\nget greeting\r\n")
three_word_set = b"set k 5\r\nhelloget k\r\nset k 2\r\nhi\r\nget k\r\nset k five\r\n"
too_large = (
    b"set a 0 0 1024\r\n" + 300 * b"x" + b"\r\nset a 0 0 1025\r\n" + 300 * b"x" + b"\r\nadd b 0 0 20000\r\n"
    + 300 * b"y" + b"\r\nset b 0 0 30000 noreply\r\n" + 300 * b"z" + b"\r\nget b\r\n")
