"""The two IRC clients of the recordings, with the few settings that make them quick and quiet."""

import os
import time


class Irssi:
    """irssi on a terminal of its own."""

    def __init__(self, stage, host, nick, real_name, network="", autoconnect=False):
        self.home = f"{stage.home}/irssi-{nick}"
        servers = (f'servers = ({{ address = "{stage.hosts["server"]}"; port = "6667"; '
                   'chatnet = "office"; autoconnect = "yes"; });\n') if autoconnect else ""
        stage.file(f"irssi-{nick}/config", f"""{servers}{network}
settings = {{
  core = {{ real_name = "{real_name}"; user_name = "{nick}"; nick = "{nick}"; }};
  "irc/core" = {{ cmd_queue_speed = "10msec"; cmds_max_at_once = "1000"; }};
  "irc/dcc" = {{ dcc_own_ip = "{stage.hosts[host]}"; dcc_port = "45000 45020";
    dcc_autochat_masks = "*!*@*"; dcc_autoget = "yes"; dcc_download_path = "{self.home}"; }};
}};
""")
        self.program = stage.start(host, "irssi", f"--home={self.home}", terminal=True)
        time.sleep(1.5)
        self.type = self.program.type


class WeeChat:
    """WeeChat without a screen, commanded through its FIFO."""

    SETTINGS = [
        "/set weechat.plugin.autoload irc,fifo,xfer",
        "/set irc.server_default.anti_flood_prio_high 0",
        "/set irc.server_default.anti_flood_prio_low 0",
        "/set xfer.file.auto_accept_files on",
        "/set xfer.file.auto_accept_chats on",
        "/set irc.look.display_away off",
    ]

    def __init__(self, stage, host, nick, real_name, password):
        home = f"{stage.home}/weechat-{nick}"
        os.makedirs(f"{home}/xfer")
        self.fifo = f"{home}/fifo"
        commands = [
            *self.SETTINGS,
            f"/set xfer.file.download_path {home}/xfer",
            f"/set xfer.network.own_ip {stage.hosts[host]}",
            f"/set fifo.file.path {self.fifo}",
            "/fifo enable",
            f"/server add office {stage.hosts['server']}/6667 -nicks={nick} -username={nick} -nossl",
            f"/set irc.server.office.realname {real_name}",
            f"/set irc.server.office.password {password}",
            "/connect office",
        ]
        runs = [word for command in commands for word in ("-r", command)]
        self.program = stage.start(host, "weechat-headless", "-d", home, "--stdout", *runs)

    def type(self, line, buffer="irc.server.office", pause=0.7):
        with open(self.fifo, "w") as fifo:
            fifo.write(f"{buffer} *{line}\n")
        time.sleep(pause)
