//! What dialogues about files yield.

use crate::told::hears;
use crate::xmpp::Xmpp;

#[test]
fn files_bytestreams() {
    hears(
        &Xmpp,
        "files_bytestreams",
        r#"
        credential 1 ann@im.example Password sasl-plain Plaintext sesame
        answer 1 Some(true)
        login ann@im.example sasl-plain Success im.example
        Offered xmpp-bytestreams ann@im.example>bob@im.example "song.mp3" Some(5000) +0 w1
        Accepted xmpp-bytestreams ann@im.example>bob@im.example "song.mp3" Some(5000) +0 w1
        Accepted xmpp-bytestreams ann@im.example>bob@im.example "song.mp3" Some(5000) +0 w1 10.0.0.11 5086 ann@im.example
        Accepted xmpp-bytestreams ann@im.example>bob@im.example "song.mp3" Some(5000) +0 w1 10.0.0.2 7777 proxy.im.example
        "#,
    );
}

#[test]
fn files_elsewhere() {
    hears(
        &Xmpp,
        "files_elsewhere",
        r#"
        credential 1 ann@im.example Password sasl-plain Plaintext sesame
        answer 1 Some(true)
        login ann@im.example sasl-plain Success im.example
        Offered xmpp-oob ann@im.example>bob@im.example "report.doc" None +0 http://10.0.0.11/get/report.doc
        Accepted xmpp-oob ann@im.example>bob@im.example "report.doc" None +0 http://10.0.0.11/get/report.doc
        Offered xmpp-http-upload ann@im.example> "cat.jpg" Some(23456) +0 http://upload.im.example/1/cat.jpg
        Offered xmpp-oob ann@im.example>bob@im.example "cat.jpg" None +0 http://upload.im.example/1/cat.jpg
        Im ToServer ann@im.example>bob@im.example http://upload.im.example/1/cat.jpg
        Offered xmpp-oob bob@im.example>ann@im.example "dog.jpg" None +0 http://10.0.0.12/dog.jpg?size=2
        Im FromServer bob@im.example>ann@im.example and this\nhttp://10.0.0.12/dog.jpg?size=2
        "#,
    );
}

#[test]
fn files_in_band() {
    hears(
        &Xmpp,
        "files_in_band",
        r#"
        credential 1 ann@im.example Password sasl-plain Plaintext sesame
        answer 1 Some(true)
        login ann@im.example sasl-plain Success im.example
        Offered xmpp-bytestreams ann@im.example>bob@im.example "photo.gif" Some(206) +0 w1
        Accepted xmpp-ibb ann@im.example>bob@im.example "photo.gif" Some(206) +0 w1
        carried whole 206 Complete xmpp-ibb ann@im.example>bob@im.example "photo.gif" Some(206) +0 w1
        weird xmpp_name_leads_out
        weird xmpp_name_poses
        Offered xmpp-ibb ann@im.example>bob@im.example "../../notes.pdf.exe" Some(9) +0 w2
        Declined xmpp-ibb ann@im.example>bob@im.example "../../notes.pdf.exe" Some(9) +0 w2
        carried in part 9 Truncated xmpp-ibb bob@im.example>ann@im.example "" None +0 w3
        "#,
    );
}

#[test]
fn files_jingle() {
    hears(
        &Xmpp,
        "files_jingle",
        r#"
        credential 1 ann@im.example Password sasl-plain Plaintext sesame
        answer 1 Some(true)
        login ann@im.example sasl-plain Success im.example
        Offered xmpp-bytestreams ann@im.example>bob@im.example "plan.odt" Some(6144) +0 j1 10.0.0.11 5086 ann@im.example
        Accepted xmpp-bytestreams ann@im.example>bob@im.example "plan.odt" Some(6144) +0 j1 10.0.0.12 5087 bob@im.example
        Accepted xmpp-bytestreams ann@im.example>bob@im.example "plan.odt" Some(6144) +0 j1 10.0.0.12 5087 bob@im.example
        Offered xmpp-ibb ann@im.example>bob@im.example "other.odt" Some(6144) +0 j2
        Declined xmpp-ibb ann@im.example>bob@im.example "other.odt" Some(6144) +0 j2
        "#,
    );
}
