"""What fuzz_resp begins with: requests to redis://. The first byte tells the fuzzer where to cut the rest in two: 0x80,
in the middle. seeds.py writes each into a file."""

big_count = b"\x80*1000000000\r\n"
big_length = b"\x80*1\r\n$2147483648\r\n"
browser = b"\x80POST / HTTP/1.1\r\nHost: x\r\n\r\nSET k v\r\n"
documentation = (
    b"\x80*4\r\n$7\r\nCOMMAND\r\n$4\r\nDOCS\r\n$3\r\nset\r\n$6\r\nclient\r\n*3\r\n$7\r\nCOMMAND\r\n$4\r\nINFO\r\n"
    b"$3\r\nget\r\n")
inline = b'\x80SET k "two \\x00 words"\r\nGET k\r\n'
muted = b"\x80*3\r\n$6\r\nCLIENT\r\n$5\r\nREPLY\r\n$4\r\nSKIP\r\n*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nPING\r\n"
negative = b"\x80*-2\r\n"
nested = b"\x80" + 50 * b"*1\r\n"
queued_without_memory = (
    b"\x80*1\r\n$5\r\nMULTI\r\n"
    + 20 * (b"*2\r\n$4\r\nECHO\r\n$60000\r\n" + 60000 * b"w" + b"\r\n") + b"*1\r\n$4\r\nEXEC\r\n")
quotes = b"\x80SET k 'v\r\n"
resp3 = (
    b"\x80*4\r\n$5\r\nHELLO\r\n$1\r\n3\r\n$7\r\nSETNAME\r\n$1\r\nx\r\n*3\r\n$6\r\nCONFIG\r\n$3\r\nGET\r\n$1\r\n"
    b"*\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n")
rewriting = (
    b"\x80*4\r\n$8\r\nSETRANGE\r\n$1\r\nk\r\n$3\r\n100\r\n$1\r\nx\r\n*3\r\n$6\r\nRENAME\r\n$1\r\nk\r\n$1\r\nl\r\n"
    b"*3\r\n$4\r\nCOPY\r\n$1\r\nl\r\n$1\r\nk\r\n*3\r\n$11\r\nINCRBYFLOAT\r\n$1\r\nn\r\n$5\r\n1e100\r\n")
set_get = (
    b"\x80*5\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nhello\r\n$2\r\nEX\r\n$2\r\n10\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"
    b"*2\r\n$3\r\nTTL\r\n$1\r\nk\r\n")
tls = b"\x80\x16\x03\x01\x00\xff"
too_long = (
    b"\x80*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5000\r\n" + 5000 * b"v" + b"\r\n*2\r\n$4\r\nECHO\r\n$5000\r\n" + 5000 * b"v"
    + b"\r\n")
transaction = (
    b"\x80*2\r\n$5\r\nWATCH\r\n$1\r\nk\r\n*1\r\n$5\r\nMULTI\r\n*2\r\n$4\r\nINCR\r\n$1\r\nk\r\n*3\r\n$6\r\n"
    b"APPEND\r\n$1\r\nk\r\n$1\r\nx\r\n*1\r\n$4\r\nEXEC\r\n")
