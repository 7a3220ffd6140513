use super::*;
use Side::{Client, Server};

/// Everything a connection makes of these moves, in pieces of at most `longest` bytes.
fn heard(moves: &[(Side, &str)], longest: usize) -> Vec<String> {
    let mut connection = Connection::default();
    let mut tails = [Vec::new(), Vec::new()];
    let mut told = Vec::new();
    for (side, said) in moves {
        for piece in said.as_bytes().chunks(longest) {
            tails[usize::from(*side == Server)].extend_from_slice(piece);
            for side in [*side, side.other()] {
                let tail = &mut tails[usize::from(side == Server)];
                while let Some(used) = step(&mut connection, side, tail, &mut told) {
                    tail.drain(..used);
                }
            }
        }
    }
    told
}

fn step(
    connection: &mut Connection,
    side: Side,
    tail: &[u8],
    told: &mut Vec<String>,
) -> Option<usize> {
    let mark = if side == Client { '>' } else { '<' };
    match connection.next(side, tail) {
        Cut::Need | Cut::Held => None,
        Cut::Skip(used) => Some(used),
        Cut::Tunnel | Cut::Malformed(_) if tail.is_empty() => None,
        Cut::Malformed(why) => {
            told.push(format!("{mark}{why}"));
            Some(tail.len())
        }
        Cut::Tunnel => {
            body(told, &format!("{mark}tunnel "), tail);
            Some(tail.len())
        }
        Cut::Part(Part::Body(bytes), used) => {
            body(told, &format!("{mark}"), bytes);
            Some(used)
        }
        Cut::Part(Part::End, used) => {
            told.push(format!("{mark}end"));
            Some(used)
        }
        Cut::Part(Part::Head(head), used) => {
            told.push(match head.start {
                Start::Request { method, target } => format!("{mark}{method} {target}"),
                Start::Response { status, .. } => format!("{mark}{status}"),
            });
            Some(used)
        }
    }
}

/// Pieces of one body are put together, so that cuts make no difference.
fn body(told: &mut Vec<String>, mark: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match told.last_mut() {
        Some(last) if last.starts_with(&format!("{mark}'")) => last.push_str(&text),
        _ => told.push(format!("{mark}'{text}")),
    }
}

fn assert_heard(moves: &[(Side, &str)], expected: &[&str]) {
    for longest in [usize::MAX, 1, 3, 17] {
        assert_eq!(heard(moves, longest), expected, "in pieces of {longest}");
    }
}

#[test]
fn lengths_are_those_of_the_document() {
    let asked = "GET /a HTTP/1.1\r\n\r\nHEAD /b HTTP/1.1\r\n\r\nPOST /c HTTP/1.0\nContent-Length: 3, 3\n\nabc\
                 GET /d HTTP/1.1\r\nHost: x\r\n\r\n";
    let said = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length:2\r\n\r\nok\r\n\
                HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n\
                HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n\
                HTTP/1.0 200 OK\r\n\r\nuntil the end";
    assert_heard(
        &[(Client, asked), (Server, said)],
        &[
            ">GET /a",
            ">end",
            ">HEAD /b",
            ">end",
            ">POST /c",
            ">'abc",
            ">end",
            ">GET /d",
            ">end",
            "<100",
            "<end",
            "<200",
            "<'ok",
            "<end",
            "<200",
            "<end",
            "<304",
            "<end",
            "<200",
            "<'until the end",
        ],
    );
}

#[test]
fn chunks_are_taken_off() {
    let said = "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\nContent-Length: 4\r\n\r\n\
                5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nTrailer: z\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n";
    assert_heard(&[(Server, said)], &["<200", "<'hello!", "<end", "<204", "<end"]);
    for (chunk, why) in [
        ("x\r\n", "<http_chunk_malformed"),
        ("\r\n", "<http_chunk_malformed"),
        ("+1\r\n", "<http_chunk_malformed"),
        ("1\r\nab\r\n", "<http_chunk_overrun"),
    ] {
        let said = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}");
        assert_eq!(heard(&[(Server, &said)], usize::MAX).last().map(String::as_str), Some(why));
    }
}

#[test]
fn a_tunnel_opens_behind_a_granted_connect_alone() {
    let refused = "HTTP/1.1 407 No\r\nContent-Length: 2\r\n\r\nno";
    let connect = "CONNECT a:1 HTTP/1.1\r\n\r\n";
    assert_heard(
        &[
            (Client, connect),
            (Server, refused),
            (Client, connect),
            (Client, "early"),
            (Server, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"),
            (Server, "hello"),
        ],
        &[
            ">CONNECT a:1",
            ">end",
            "<407",
            "<'no",
            "<end",
            ">CONNECT a:1",
            ">end",
            "<200",
            ">tunnel 'early",
            "<tunnel 'hello",
        ],
    );
    // The client's next request waits until it is known not to flow through a tunnel.
    let told =
        heard(&[(Client, connect), (Client, "GET / HTTP/1.1\r\n\r\n"), (Server, refused)], 99);
    assert_eq!(told[2..], ["<407", "<'no", "<end", ">GET /", ">end"]);
    let upgrade = "GET / HTTP/1.1\r\nConnection: keep-alive, Upgrade\r\n\r\nmore";
    let told = heard(&[(Client, upgrade), (Server, "HTTP/1.1 101 Go\r\n\r\n")], 5);
    assert_eq!(told, [">GET /", ">end", "<101", ">tunnel 'more"]);
}

#[test]
fn what_is_no_message_is_named() {
    let long = format!("GET / HTTP/1.1\r\nX: {}", "x".repeat(head::LONGEST));
    for (said, why) in [
        ("NICK ann\r\nUSER ann\r\n\r\n", "http_start_line_malformed"),
        ("GET / HTTP/2.0\r\n\r\n", "http_start_line_malformed"),
        (&long, "http_head_too_long"),
    ] {
        let mut connection = Connection::default();
        assert_eq!(connection.next(Client, said.as_bytes()), Cut::Malformed(why), "{said:.30}");
        assert_eq!(connection.next(Client, b"GET / HTTP/1.1\r\n\r\n"), Cut::Malformed(why));
    }
}

#[test]
fn a_loss_within_a_body_costs_nothing_else() {
    let mut connection = Connection::default();
    let mut told = Vec::new();
    let mut tail = &b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"[..];
    while let Some(used) = step(&mut connection, Server, tail, &mut told) {
        tail = &tail[used..];
    }
    assert!(connection.gap(Server, 4));
    tail = b"xyzHTTP/1.1 204 No\r\n\r\n";
    while let Some(used) = step(&mut connection, Server, tail, &mut told) {
        tail = &tail[used..];
    }
    assert!(!connection.gap(Server, 100));
    tail = b"d of a line\r\nGET it\r\nHTTP/1.1 200 OK\r\n\r\nhi";
    while let Some(used) = step(&mut connection, Server, tail, &mut told) {
        tail = &tail[used..];
    }
    assert_eq!(told, ["<200", "<'abxyz", "<end", "<204", "<end", "<200", "<'hi"]);
}
