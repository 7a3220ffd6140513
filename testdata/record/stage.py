"""A stage for recordings: hosts in network namespaces on one bridge, real programs on them, a
capture of what they say to each other, and a note of what they were made to do.

Nothing leaves the stage: the bridge has no way out. Every process is stopped by its own id.
"""

import hashlib
import json
import os
import pty
import shutil
import signal
import subprocess
import tempfile
import threading
import time

HUB = "overhear_hub"
OFFLOADS = ["tx", "rx", "tso", "gso", "gro"]


def run(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def inside(namespace, *words):
    return ["ip", "netns", "exec", namespace, *words]


class Program:
    """One running program; what it prints is kept, so that one can wait for a word."""

    def __init__(self, words, terminal, **options):
        self.said = ""
        self.terminal, far = pty.openpty() if terminal else os.pipe()
        self.process = subprocess.Popen(
            words,
            stdin=far if terminal else subprocess.DEVNULL,
            stdout=far,
            stderr=far,
            start_new_session=True,
            env=dict(os.environ, TERM="vt100", COLUMNS="200", LINES="50"),
            **options,
        )
        os.close(far)
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            try:
                heard = os.read(self.terminal, 4096)
            except OSError:
                return
            if not heard:
                return
            self.said += heard.decode("utf8", "replace")

    def type(self, line, pause=0.7):
        os.write(self.terminal, line.encode() + b"\n")
        time.sleep(pause)

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


class Stage:
    """`hosts` maps a name to the last number of its address in 10.20.0.0/24."""

    def __init__(self, scenario, description, software, hosts):
        self.home = tempfile.mkdtemp(prefix="overhear-")
        self.hosts = {name: f"10.20.0.{number}" for name, number in hosts.items()}
        self.programs, self.problems = [], []
        self.truth = dict(
            scenario=scenario, pcap=f"{scenario}.pcap", description=description, software=software,
            hosts={address: name for name, address in self.hosts.items()},
            logins=[], messages=[], files=[], buddies={}, encrypted=False,
        )
        os.chmod(self.home, 0o755)
        self.build()
        self.capture = f"{self.home}/{scenario}.pcap"
        self.tcpdump = self.start(
            HUB, "tcpdump", "-i", "br0", "-U", "-s0", "-Z", "root", "-w", self.capture, "tcp")
        self.wait(self.tcpdump, "listening")

    def build(self):
        run("ip", "netns", "add", HUB)
        run(*inside(HUB, "ip", "link", "add", "br0", "type", "bridge"))
        run(*inside(HUB, "ip", "link", "set", "br0", "up"))
        for name, address in self.hosts.items():
            space, number = f"overhear_{name}", int(address.split(".")[-1])
            mac = f"02:00:0a:14:00:{number:02x}"
            run("ip", "netns", "add", space)
            run("ip", "link", "add", "eth0", "netns", space, "address", mac,
                "type", "veth", "peer", "name", f"to_{name}", "netns", HUB)
            run(*inside(HUB, "ip", "link", "set", f"to_{name}", "master", "br0", "up"))
            run(*inside(space, "ip", "addr", "add", f"{address}/24", "dev", "eth0"))
            run(*inside(space, "ip", "link", "set", "eth0", "up"))
            run(*inside(space, "ip", "link", "set", "lo", "up"))
            run(*inside(space, "ethtool", "-K", "eth0", *(w for o in OFFLOADS for w in (o, "off"))))
        time.sleep(1)

    def start(self, host, *words, terminal=False, **options):
        space = host if host == HUB else f"overhear_{host}"
        program = Program(inside(space, *words), terminal, **options)
        self.programs.append(program)
        return program

    def file(self, name, content):
        path = f"{self.home}/{name}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(content if isinstance(content, bytes) else content.encode())
        os.chmod(path, 0o644)
        return path

    def wait(self, program, word, seconds=12):
        end = time.time() + seconds
        while time.time() < end:
            if word in program.said:
                return
            time.sleep(0.05)
        self.problems.append(f"never saw {word!r}")

    def wait_for_port(self, host, port, seconds=12):
        end = time.time() + seconds
        while time.time() < end:
            heard = subprocess.run(inside(f"overhear_{host}", "ss", "-Hltn"), capture_output=True, text=True)
            if f":{port} " in heard.stdout:
                return
            time.sleep(0.1)
        self.problems.append(f"port {port} of {host} never opened")

    def login(self, user, password, mechanism, host, result="ok", port=6667):
        self.truth["logins"].append(dict(
            user=user, password=password, mechanism=mechanism, client_ip=self.hosts[host],
            server_ip=self.hosts["server"], server_port=port, result=result))

    def message(self, who, to, text, kind="im"):
        self.truth["messages"].append(dict(
            n=len(self.truth["messages"]) + 1, t=round(time.time(), 3),
            **{"from": who}, to=to, kind=kind, text=text))

    def sent(self, who, to, path, transport):
        content = open(path, "rb").read()
        self.truth["files"].append(dict(
            **{"from": who}, to=to, name=os.path.basename(path), size=len(content),
            sha256=hashlib.sha256(content).hexdigest(), transport=transport))

    def finish(self, folder):
        """Stops everything, and puts the capture and its truth into `folder`."""
        time.sleep(1)
        for program in reversed(self.programs):
            program.stop()
        self.truth["driver_problems"] = self.problems
        shutil.copy(self.capture, folder)
        with open(f"{folder}/{self.truth['scenario']}.truth.json", "w") as out:
            json.dump(self.truth, out, indent=1, ensure_ascii=False)
            out.write("\n")
        print(self.truth["scenario"], os.path.getsize(self.capture), "bytes", self.problems or "as planned")
        self.strike()

    def strike(self):
        for program in self.programs:
            program.stop()
        for space in [*(f"overhear_{name}" for name in self.hosts), HUB]:
            subprocess.run(["ip", "netns", "del", space], stderr=subprocess.DEVNULL)
        shutil.rmtree(self.home, ignore_errors=True)


def version(*words):
    said = subprocess.run(words, capture_output=True, text=True)
    return (said.stdout or said.stderr).splitlines()[0].strip()


def package(name):
    return version("dpkg-query", "-W", "-f=${Package} ${Version}", name)
