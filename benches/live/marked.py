#!/usr/bin/env python3
"""Strews IRC sign-ons of its own among the frames of a capture (pcap, Ethernet): marked.py IN OUT [FRAMES]."""
import struct
import sys

SIGN_ONS = 400
APART = 40  # frames between two of one sign-on
LONGEST = 9000


def checksum(header):
    total = sum(struct.unpack(">10H", header))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def frame(source, destination, seq, ack, flags, data=b""):
    (host, port), (other, theirs) = source, destination
    tcp = struct.pack(">HHIIBBHHH", port, theirs, seq, ack, 0x50, flags, 64240, 0, 0) + data
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 1, 0x4000, 64, 6, 0, host, other)
    head = head[:10] + struct.pack(">H", checksum(head)) + head[12:]
    return bytes.fromhex("020000000001020000000002") + b"\x08\x00" + head + tcp


def sign_on(number):
    client = (bytes([172, 30, number >> 8, number & 255]), 30000 + number)
    server = (bytes([172, 31, 0, 1]), 6667)
    name = b"marked%d" % number
    frames = [
        frame(client, server, 999, 0, 2),
        frame(server, client, 8999, 1000, 18),
        frame(client, server, 1000, 9000, 16),
    ]
    ours, theirs = 1000, 9000
    for mine, said in [
        (True, b"PASS secret%d\r\nNICK %s\r\nUSER %s 0 * :%s\r\n" % (number, name, name, name)),
        (False, b":irc.example 001 %s :Welcome\r\n" % name),
        (True, b"PRIVMSG NickServ :IDENTIFY word%d\r\n" % number),
    ]:
        if mine:
            frames.append(frame(client, server, ours, theirs, 24, said))
            ours += len(said)
        else:
            frames.append(frame(server, client, theirs, ours, 24, said))
            theirs += len(said)
    return frames


def main():
    source, target = open(sys.argv[1], "rb"), open(sys.argv[2], "wb")
    most = int(sys.argv[3]) if len(sys.argv) > 3 else 900_000
    target.write(source.read(24))
    waiting = sorted(
        (((number + 1) * most // (SIGN_ONS + 2) + place * APART, data))
        for number in range(SIGN_ONS)
        for place, data in enumerate(sign_on(number))
    )
    count = 0
    while count < most and len(head := source.read(16)) == 16:
        seconds, fraction, length, _ = struct.unpack("<IIII", head)
        data = source.read(length)
        if length > LONGEST:
            continue
        target.write(head + data)
        count += 1
        while waiting and waiting[0][0] <= count:
            data = waiting.pop(0)[1]
            target.write(struct.pack("<IIII", seconds, fraction, len(data), len(data)) + data)


if __name__ == "__main__":
    main()
