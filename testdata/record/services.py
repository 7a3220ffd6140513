#!/usr/bin/env python3
"""Records `irc_services`: NickServ, SASL, a link between servers, all in the clear."""

import os
import subprocess
import sys
import time

from clients import Irssi
from stage import Stage, package

LINK, MIRA, MIRA_TYPO, TOMAS = "Copper-Kettle-8", "Juniper-19", "Jupiter-19", "Walnut-Desk-5"
OPER = "Slate-Roof-33"

INSPIRCD = """
<server name="irc.office.example" description="office" network="OfficeNet" id="1OF">
<admin name="office" nick="office" email="office@office.example">
<bind address="0.0.0.0" port="6667" type="clients">
<bind address="{server}" port="7000" type="servers">
<connect allow="*" timeout="60" pingfreq="120" localmax="50" globalmax="50"
  resolvehostnames="no" useident="no">
<class name="all" commands="*" usermodes="*" chanmodes="*" privs="*">
<type name="chief" classes="all" host="chief.office.example">
<oper name="tomas" password="{oper}" host="*@*" type="chief">
<pid file="{home}/inspircd.pid">
<link name="services.office.example" ipaddr="{services}" port="7000" allowmask="{services}"
  sendpass="{link}" recvpass="{link}">
<uline server="services.office.example" silent="yes">
<sasl target="services.office.example">
<log method="file" type="*" level="default" target="{home}/inspircd.log">
<module name="spanningtree"><module name="services_account"><module name="cap">
<module name="sasl"><module name="chghost"><module name="svshold"><module name="servprotect">
<module name="deaf"><module name="botmode"><module name="hideoper">
"""

MODULES = [
    "protocol/inspircd", "backend/opensex", "crypto/pbkdf2v2", "nickserv/main",
    "nickserv/identify", "nickserv/register", "saslserv/main", "saslserv/plain", "chanserv/main",
]

ATHEME = """
serverinfo {{
name = "services.office.example"; desc = "services"; numeric = "00S"; recontime = 2; restarttime = 0;
netname = "OfficeNet"; hidehostsuffix = "office"; adminname = "office";
adminemail = "office@office.example"; registeremail = "office@office.example"; mta = "/bin/true";
loglevel = {{ all; }}; maxlogins = 5; maxusers = 0; mdlimit = 30; emaillimit = 10; emailtime = 300;
auth = none; casemapping = rfc1459; vhost = "{services}";
}};
uplink "irc.office.example" {{
host = "{server}"; send_password = "{link}"; receive_password = "{link}"; port = 7000;
vhost = "{services}";
}};
nickserv {{ nick = "NickServ"; user = "NickServ"; host = "services.office.example"; real = "names"; }};
saslserv {{ nick = "SaslServ"; user = "SaslServ"; host = "services.office.example"; real = "sign-on"; }};
chanserv {{ nick = "ChanServ"; user = "ChanServ"; host = "services.office.example"; real = "rooms"; }};
general {{ permissive_mode; helpchan = "#help"; silent; commit_interval = 5;
default_clone_allowed = 50; flood_msgs = 0; }};
"""

SASL = """chatnets = {{ office = {{ type = "IRC"; sasl_mechanism = "PLAIN";
  sasl_username = "tomas"; sasl_password = "{password}"; nick = "tomas"; }}; }};
"""


def servers(stage):
    names = dict(home=stage.home, link=LINK, oper=OPER, **stage.hosts)
    conf = stage.file("inspircd.conf", INSPIRCD.format(**names))
    stage.start("server", "inspircd", "--runasroot", "--nofork", f"--config={conf}")
    stage.wait_for_port("server", 6667)
    modules = "".join(f'loadmodule "modules/{module}";\n' for module in MODULES)
    conf = stage.file("atheme/atheme.conf", modules + ATHEME.format(**names))
    folder = os.path.dirname(conf)
    subprocess.run(["chown", "-R", "irc", folder], check=True)
    stage.start(
        "services", "setpriv", "--reuid", "irc", "--regid", "irc", "--clear-groups",
        "atheme-services", "-n", "-c", conf, "-l", f"{folder}/log", "-p", f"{folder}/pid", "-D", folder,
        cwd=folder)
    stage.login("services.office.example", LINK, "IRC server link password", "services", port=7000)
    stage.login("irc.office.example", LINK, "IRC server link password", "server", port=7000)
    time.sleep(4)


def play(stage):
    servers(stage)
    mira = Irssi(stage, "mira", "mira", "Mira, accounts")
    mira.type(f"/connect {stage.hosts['server']} 6667")
    stage.wait(mira.program, "Welcome")
    mira.type(f"/quote PRIVMSG NickServ :REGISTER {MIRA} mira@office.example", pause=2)
    stage.login("mira", MIRA, "NickServ REGISTER", "mira")
    mira.type("/quote QUIT :back in a moment", pause=2)
    mira.type(f"/connect {stage.hosts['server']} 6667", pause=2)
    for password, result in ((MIRA_TYPO, "failed"), (MIRA, "ok")):
        mira.type(f"/quote PRIVMSG NickServ :IDENTIFY {password}", pause=2)
        stage.login("mira", password, "NickServ IDENTIFY", "mira", result)

    first = Irssi(stage, "tomas", "tomas", "Tomas, repairs")
    first.type(f"/connect {stage.hosts['server']} 6667")
    stage.wait(first.program, "Welcome")
    first.type(f"/quote PRIVMSG NickServ :REGISTER {TOMAS} tomas@office.example", pause=2)
    stage.login("tomas", TOMAS, "NickServ REGISTER", "tomas")
    first.type("/quit", pause=1)
    first.program.stop()

    tomas = Irssi(stage, "tomas", "tomas", "Tomas, repairs", SASL.format(password=TOMAS), autoconnect=True)
    stage.wait(tomas.program, "Welcome")
    stage.login("tomas", TOMAS, "IRC SASL PLAIN (base64)", "tomas")
    tomas.type(f"/quote OPER tomas {OPER}", pause=1.5)
    stage.login("tomas", OPER, "IRC OPER", "tomas")

    mira.type("/join #repairs", pause=1)
    tomas.type("/join #repairs", pause=1.5)
    for client, who, to, text, kind in (
        (mira, "mira", "#repairs", "the printer on the second floor says PC LOAD LETTER", "chat"),
        (tomas, "tomas", "#repairs", "it wants paper, nothing else", "chat"),
        (tomas, "tomas", "mira", "the service code is 7781, if it asks", "im"),
    ):
        stage.message(who, to, text, kind)
        client.type(f"/quote PRIVMSG {to} :{text}", pause=1)
    mira.type("/quit bye", pause=1)
    tomas.type("/quit bye", pause=1)


if __name__ == "__main__":
    stage = Stage(
        "irc_services",
        "IRC on 6667 and a server link on 7000, all without TLS: NickServ REGISTER and IDENTIFY (refused, accepted), "
        "SASL PLAIN, OPER",
        [package(name) for name in ("inspircd", "atheme-services", "irssi")],
        {"server": 1, "services": 2, "mira": 13, "tomas": 14},
    )
    try:
        play(stage)
        stage.finish(sys.argv[1])
    finally:
        stage.strike()
