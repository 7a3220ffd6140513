#!/usr/bin/env python3
"""Writes TLS handshakes of OpenSSL as dialogues: client and server in one process, no network."""

import ssl
import subprocess
import sys
import tempfile


def certificate(folder):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-subj", "/CN=chat.office.example", "-keyout", f"{folder}/key", "-out", f"{folder}/cert"],
        check=True, capture_output=True)


def talk(name, version, alpn, server_name):
    with tempfile.TemporaryDirectory() as folder:
        certificate(folder)
        server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server_context.load_cert_chain(f"{folder}/cert", f"{folder}/key")
    client_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client_context.check_hostname, client_context.verify_mode = False, ssl.CERT_NONE
    for context in (client_context, server_context):
        context.minimum_version = context.maximum_version = version
        if alpn:
            context.set_alpn_protocols(alpn)
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(down, up, server_hostname=server_name)
    server = server_context.wrap_bio(up, down, server_side=True)
    lines = [
        f"# origin: {ssl.OPENSSL_VERSION} on both sides, written by testdata/record/handshake.py",
        "# ends: 10.0.0.11:40000 10.0.0.1:6697 tcp",
    ]
    for step in (client.do_handshake, server.do_handshake, client.do_handshake, server.do_handshake,
                 lambda: client.write(b"NICK anna\r\n"), server.read):
        before = up.pending, down.pending
        try:
            step()
        except ssl.SSLWantReadError:
            pass
        for mark, pipe, had, side in ((">>x", up, before[0], client), ("<<x", down, before[1], server)):
            if pipe.pending > had:
                said = pipe.read()
                pipe.write(said)
                lines.append(f"{mark} {said[had:].hex(' ')}")
    with open(f"{sys.argv[1]}/{name}.talk", "w") as out:
        out.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    talk("tls13", ssl.TLSVersion.TLSv1_3, ["irc"], "chat.office.example")
    talk("tls12", ssl.TLSVersion.TLSv1_2, None, "chat.office.example")
