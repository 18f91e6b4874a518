//! Which events are on their way, and how far the broker has all of them.

use std::collections::BTreeMap;

/// The events of one series between the last acknowledged and the next to send.
#[derive(Debug)]
pub struct Window {
    next: i64,
    in_flight: BTreeMap<i64, usize>,
    bytes: usize,
    last_position: Option<(i32, i64)>,
    /// Up to here each event goes alone, to find the one that the broker refuses for its size: it
    /// refuses a whole batch.
    alone_until: i64,
}

impl Window {
    /// After everything up to `acknowledged`.
    pub const fn after(acknowledged: i64) -> Self {
        Self {
            next: acknowledged + 1,
            in_flight: BTreeMap::new(),
            bytes: 0,
            last_position: None,
            alone_until: 0,
        }
    }

    /// The next sequence to send.
    pub const fn next(&self) -> i64 {
        self.next
    }

    /// Whether nothing is on its way.
    pub fn is_empty(&self) -> bool {
        self.in_flight.is_empty()
    }

    /// How many more events may be sent, of `most` at once.
    pub fn room(&self, most: usize) -> usize {
        if self.next <= self.alone_until {
            return usize::from(self.in_flight.is_empty());
        }
        most.saturating_sub(self.in_flight.len())
    }

    /// Bytes on their way.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// The next one was handed over.
    pub fn sent(&mut self, bytes: usize) {
        self.in_flight.insert(self.next, bytes);
        self.bytes += bytes;
        self.next += 1;
    }

    /// The broker has one.
    pub fn acknowledged(&mut self, sequence: i64, position: (i32, i64)) {
        if let Some(bytes) = self.in_flight.remove(&sequence) {
            self.bytes -= bytes;
            self.last_position = Some(position);
        }
    }

    /// Up to which sequence the broker has everything, and where it put the last one.
    pub fn complete(&self) -> (i64, Option<(i32, i64)>) {
        let first_open = self.in_flight.keys().next().copied().unwrap_or(self.next);
        (first_open - 1, self.last_position)
    }

    /// Whether an event went alone.
    pub fn was_alone(&self, sequence: i64) -> bool {
        sequence <= self.alone_until && self.in_flight.len() == 1
    }

    /// The same series from its first unacknowledged event, each alone up to `until`.
    pub fn again(&self, until: i64) -> Self {
        Self {
            alone_until: self.alone_until.max(until),
            ..Self::after(self.complete().0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_complete_counts_as_published() {
        let mut window = Window::after(4);
        (0..3).for_each(|_| window.sent(10));
        window.acknowledged(6, (0, 60));
        assert_eq!(window.complete().0, 4);
        window.acknowledged(5, (0, 50));
        assert_eq!(window.complete().0, 6);
        assert_eq!(window.again(0).next(), 7);
    }

    #[test]
    fn a_suspect_goes_alone() {
        let mut window = Window::after(0).again(2);
        window.sent(1);
        assert!(window.room(10) == 0 && window.was_alone(1));
        window.acknowledged(1, (0, 0));
        window.sent(1);
        window.acknowledged(2, (0, 1));
        window.sent(1);
        assert_eq!(window.room(10), 9);
    }
}
