#!/usr/bin/env python3
"""Makes a capture that costs whoever reads it much for each packet: chatter.py OUT [FRAMES [BYTES]].

Of four frames three are full of short lines of IRC (PING, which nobody is told of) in 64 conversations, and one
belongs to conversations of another protocol. marked.py strews its sign-ons among them."""
import random
import struct
import sys

from marked import frame

TALKS = 64


def main():
    target = open(sys.argv[1], "wb")
    frames = int(sys.argv[2]) if len(sys.argv) > 2 else 150_000
    room = int(sys.argv[3]) if len(sys.argv) > 3 else 1_400
    target.write(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1))
    count = 0

    def put(data):
        nonlocal count
        target.write(struct.pack("<IIII", 1_700_000_000 + count // 10_000, count % 10_000 * 100, len(data), len(data)))
        target.write(data)
        count += 1

    source = random.Random(1)
    servers, noise = [], []
    for number in range(TALKS):
        client, server = (bytes([10, 40, 0, number]), 20_000 + number), (bytes([10, 41, 0, 1]), 6667)
        name = b"chatter%d" % number
        hello = b"NICK %s\r\nUSER %s 0 * :%s\r\n" % (name, name, name)
        welcome = b":irc.example 001 %s :Welcome\r\n" % name
        for data in [
            frame(client, server, 999, 0, 2),
            frame(server, client, 8_999, 1_000, 18),
            frame(client, server, 1_000, 9_000, 24, hello),
            frame(server, client, 9_000, 1_000 + len(hello), 24, welcome),
        ]:
            put(data)
        servers.append([server, client, 9_000 + len(welcome), 1_000 + len(hello)])
        client, server = (bytes([10, 42, 0, number]), 20_000 + number), (bytes([10, 43, 0, 1]), 22)
        banner = b"SSH-2.0-bench\r\n"
        put(frame(client, server, 999, 0, 2))
        put(frame(server, client, 8_999, 1_000, 18))
        put(frame(client, server, 1_000, 9_000, 24, banner))
        put(frame(server, client, 9_000, 1_000 + len(banner), 24, banner))
        noise.append([server, client, 9_000 + len(banner), 1_000 + len(banner)])
    while count < frames:
        chatty = count % 4 != 0
        talk = source.choice(servers if chatty else noise)
        data = b"".join(b"PING %d\r\n" % source.randrange(100) for _ in range(room // 9)) if chatty else source.randbytes(room)
        put(frame(talk[0], talk[1], talk[2] & 0xFFFFFFFF, talk[3], 24, data))
        talk[2] += len(data)


if __name__ == "__main__":
    main()
