//! Rings: one thread puts in, one takes out, neither takes a lock.
//!
//! The ring itself is `rtrb`'s. What is added is sleep: a side that cannot go on waits at its
//! [`Bell`], which the other side rings. Data is lost nowhere: a full ring makes its sender wait.

use std::sync::Arc;

use crate::bell::Bell;

/// The side that puts in.
#[derive(Debug)]
pub(crate) struct Sender<T> {
    ring: Option<rtrb::Producer<T>>,
    mine: Arc<Bell>,
    theirs: Arc<Bell>,
}

/// The side that takes out.
#[derive(Debug)]
pub(crate) struct Receiver<T> {
    ring: Option<rtrb::Consumer<T>>,
    theirs: Arc<Bell>,
}

/// The other side is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gone;

/// What there is to take out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken<T> {
    /// This.
    One(T),
    /// Nothing yet.
    Nothing,
    /// Nothing any more.
    Over,
}

/// A ring of so many places between two threads that sleep at these bells.
pub(crate) fn ring<T>(
    places: usize,
    sender: &Arc<Bell>,
    receiver: &Arc<Bell>,
) -> (Sender<T>, Receiver<T>) {
    let (producer, consumer) = rtrb::RingBuffer::new(places);
    let (from, to) = (Arc::clone(sender), Arc::clone(receiver));
    (
        Sender { ring: Some(producer), mine: Arc::clone(&from), theirs: to },
        Receiver { ring: Some(consumer), theirs: from },
    )
}

impl<T> Sender<T> {
    /// Puts something in, and waits for a place if need be.
    pub(crate) fn send(&mut self, item: T) -> Result<(), Gone> {
        let Self { ring: Some(ring), mine, theirs } = self else { return Err(Gone) };
        mine.wait(|| !ring.is_full() || ring.is_abandoned());
        if ring.is_abandoned() {
            return Err(Gone);
        }
        // There is a place, and nobody else puts anything in.
        let sent = ring.push(item).map_err(|_| Gone);
        theirs.ring();
        sent
    }
}

impl<T> Sender<T> {
    /// Whether [`Sender::send`] would not wait.
    pub(crate) fn has_room(&self) -> bool {
        self.ring.as_ref().is_none_or(|ring| !ring.is_full() || ring.is_abandoned())
    }

    /// How much waits to be taken out.
    pub(crate) fn waiting(&self) -> usize {
        self.ring.as_ref().map_or(0, |ring| ring.buffer().capacity() - ring.slots())
    }
}

impl<T> Receiver<T> {
    /// Takes something out.
    pub(crate) fn take(&mut self) -> Taken<T> {
        let Some(ring) = &mut self.ring else { return Taken::Over };
        // Who is gone puts nothing in any more: asked before the ring is found empty.
        let over = ring.is_abandoned();
        match ring.pop() {
            Ok(item) => {
                self.theirs.ring();
                Taken::One(item)
            }
            Err(_) if over => Taken::Over,
            Err(_) => Taken::Nothing,
        }
    }

    /// Whether [`Receiver::take`] has something to say.
    pub(crate) fn ready(&self) -> bool {
        self.ring.as_ref().is_none_or(|ring| !ring.is_empty() || ring.is_abandoned())
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.ring = None;
        self.theirs.ring();
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.ring = None;
        self.theirs.ring();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_arrives_in_order_through_the_smallest_ring() {
        let (one, two) = (Arc::new(Bell::new()), Arc::new(Bell::new()));
        let (mut sender, mut receiver) = ring(1, &one, &two);
        std::thread::scope(|scope| {
            scope.spawn(move || {
                for number in 0..1_000 {
                    sender.send(number).unwrap();
                }
            });
            let mut next = 0;
            loop {
                two.wait(|| receiver.ready());
                match receiver.take() {
                    Taken::One(number) => assert_eq!(number, next),
                    Taken::Nothing => continue,
                    Taken::Over => break,
                }
                next += 1;
            }
            assert_eq!(next, 1_000);
        });
    }

    #[test]
    fn a_sender_whose_receiver_is_gone_does_not_wait() {
        let (one, two) = (Arc::new(Bell::new()), Arc::new(Bell::new()));
        let (mut sender, receiver) = ring(1, &one, &two);
        sender.send(1).unwrap();
        drop(receiver);
        assert_eq!(sender.send(2), Err(Gone));
    }
}
