#!/usr/bin/env python3
"""Records `irc_office`: a morning in a small office that talks over a plain IRC server."""

import sys
import time

from clients import Irssi, WeeChat
from stage import Stage, package

DOOR, GUESS, OPER, KEY = "Linden-Gate-4", "hunter3", "Quince-Tree-71", "teapot"
# Seconds between two sayings; ngircd makes whoever writes faster wait.
PACE = 2.5

NGIRCD = """[Global]
Name = irc.office.example
Info = office server
Listen = 0.0.0.0
Ports = 6667
ServerUID = irc
ServerGID = irc
Password = {door}
MotdPhrase = Be kind.
[Options]
DNS = no
Ident = no
PAM = no
[Limits]
MaxConnectionsIP = 0
PingTimeout = 120
[Operator]
Name = anna
Password = {oper}
"""


def pdf():
    """A small file that is what its name says, the same every time."""
    line = b"BT /F1 12 Tf 72 %d Td (Position %d: %d.00) Tj ET\n"
    text = b"".join(line % (720 - 14 * n, n, 41000 + 137 * n) for n in range(40))
    head = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    return head + b"4 0 obj\n<< /Length %d >>\nstream\n" % len(text) + text + b"endstream\nendobj\n%%EOF\n"


def play(stage):
    conf = stage.file("ngircd.conf", NGIRCD.format(door=DOOR, oper=OPER))
    stage.start("server", "ngircd", "-n", "-f", conf)
    stage.wait_for_port("server", 6667)

    def say(client, who, to, text, kind="chat"):
        stage.message(who, to, text, kind)
        client.type(f"/msg {to} {text}", pause=PACE)

    anna = Irssi(stage, "anna", "anna", "Anna, front desk")
    anna.type(f"/connect {stage.hosts['server']} 6667 {DOOR}")
    stage.login("anna", DOOR, "IRC PASS", "anna")
    stage.wait(anna.program, "Welcome")
    jonas = WeeChat(stage, "jonas", "jonas", "Jonas, stores", DOOR)
    stage.login("jonas", DOOR, "IRC PASS", "jonas")
    time.sleep(3)

    anna.type(f"/join #office {KEY}", pause=1.2)
    anna.type(f"/mode #office +k {KEY}")
    anna.type("/topic #office delivery at eleven, keys with Anna")
    jonas.type(f"/join #office {KEY}", pause=1.5)

    say(anna, "anna", "#office", "Good morning. The delivery comes at eleven.")
    say(jonas, "jonas", "#office", "Morning! Who has the price list? The café order is still open …")
    say(anna, "anna", "#office", "https://intranet.office.example/prices?year=2026 is the current one")
    stage.message("jonas", "#office", "writes that down", "action")
    jonas.type("/me writes that down", "irc.office.#office", pause=PACE)

    say(anna, "anna", "jonas", "the safe is 24-61-07, please do not write it on the board again", "im")
    say(jonas, "jonas", "anna", "never. And the wifi password?", "im")
    say(anna, "anna", "jonas", "wifi password: Marmalade-On-Toast", "im")

    for password, result in ((GUESS, "failed"), (OPER, "ok")):
        stage.login("anna", password, "IRC OPER", "anna", result)
        anna.type(f"/quote OPER anna {password}", pause=4)

    jonas.type("/away unloading the van", pause=PACE)
    say(anna, "anna", "jonas", "call me when you are back", "im")
    jonas.type("/away", pause=PACE)

    path = stage.file("prices-2026.pdf", pdf())
    stage.sent("anna", "jonas", path, "dcc-send")
    anna.type(f"/dcc send jonas {path}", pause=4)

    anna.type("/dcc chat jonas", pause=3)
    say(anna, "anna", "=jonas", "this goes past the server, straight to your desk", "im")
    stage.message("jonas", "anna", "then nobody reads it, right?", "im")
    jonas.type("then nobody reads it, right?", "xfer.irc_dcc.office.anna", pause=1.5)
    for message in stage.truth["messages"]:
        message["to"] = message["to"].removeprefix("=")

    anna.type("/nick anna_out", pause=PACE)
    say(anna, "anna_out", "#office", "lunch. Back at one.")
    jonas.type("/quit see you at one", pause=1.0)
    anna.type("/quit lunch", pause=1.0)


if __name__ == "__main__":
    stage = Stage(
        "irc_office",
        "IRC on 6667 without TLS: server password, keyed channel, private messages, OPER refused and accepted, "
        "away, DCC SEND and DCC CHAT between two desks",
        [package(name) for name in ("ngircd", "irssi", "weechat-headless")],
        {"server": 1, "anna": 11, "jonas": 12},
    )
    try:
        play(stage)
        stage.finish(sys.argv[1])
    finally:
        stage.strike()
