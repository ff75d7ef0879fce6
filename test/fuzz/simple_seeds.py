"""What fuzz_simple begins with: what a client sends to simple://. seeds.py writes each into a file."""

simple = b"set k 5\r\nhelloget k\r\nget nobody\r\nnonsense\r\n\r\nget k\r\nset k five\r\n"
