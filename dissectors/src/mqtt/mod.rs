//! MQTT: messages by topic, through a broker; 3.1 (`MQIsdp`), 3.1.1 and 5.0.
//!
//! Made in 1999 for pipelines and satellites, today the language of devices, and of chats that
//! were built on what was at hand. A client connects to a broker, by custom on port 1883,
//! subscribes to topics (`chat/room1`, `sensors/#`) and publishes to them; the broker passes on
//! what was published, without a word of who said it. Each packet is one byte of type and flags,
//! its length, and its fields; version 5 adds properties, reasons and exchanges of the client's
//! own (AUTH).
//!
//! Where the secret travels: in CONNECT, in clear, beside the user's name.
//!
//! ```text
//! client  CONNECT   ivytab, user ivy, password sesame
//! server  CONNACK   0
//! client  PUBLISH   chat/room1 {"from":"ivy","text":"lunch?"}
//! server  PUBACK                              and the same PUBLISH to whoever subscribed
//! ```
//!
//! An account is the user's name in `mqtt:` and the broker's address; the client identifier is its
//! resource, or the account itself where no user is named. A topic somebody subscribed to is a
//! room. The author of what the broker brings is whom the text itself names (`from`, `sender`,
//! `user`, …); where it names nobody it comes from the broker's address.
//!
//! # What is a message
//!
//! Most of what is published is for machines: numbers, states, pictures. It would bury what people
//! say, so that a publication is a message only when a person would read it ([`words`]): UTF-8
//! without control characters that is
//!
//! * two words, in which letters are two thirds of what is not blank; or
//! * a JSON object whose `text`, `message`, `msg`, `body` or `content` is such words, or any
//!   letters when the object also says from whom; or
//! * any letters, on a topic that calls itself a chat or has carried a message on this connection.
//!
//! The rest is left out: `ON`, `21.5`, `{"temp":21.5}`, XML, everything binary, everything above
//! 32 KiB. It is counted, and told as one anomaly `mqtt_not_told` when the connection ends.
//!
//! A publication that is sent again on its connection (DUP) is told once. One that is sent again
//! on a new connection is told again, since nobody can know whether the first was heard. What was
//! retained is an `offline` message on its way from the broker. A will is told when it is left
//! with the broker, as a reply for an absent owner.
//!
//! Not read: MQTT inside WebSocket, MQTT-SN, the patched dialect of Facebook's clients (`MQTToT`).
//!
//! Documents: the description of 3.1 (IBM and Eurotech, 2010); OASIS MQTT 3.1.1 and 5.0; captures
//! of mosquitto and Paho.

mod auth;
mod facts;
#[cfg(test)]
mod hostile;
mod names;
mod probe;
mod properties;
mod publish;
mod rooms;
mod sign_on;
mod talk;
mod wire;
mod words;

use crate::{Dissector, Ends, Facts, Opening, Probe, Protocol};

/// MQTT over TCP.
#[derive(Debug)]
pub struct Mqtt;

impl Protocol for Mqtt {
    fn facts(&self) -> &'static Facts {
        &facts::FACTS
    }

    fn probe(&self, opening: &Opening<'_>) -> Probe {
        probe::probe(opening)
    }

    fn open(&self, ends: Ends) -> Box<dyn Dissector> {
        Box::new(talk::Talk::new(ends))
    }
}
