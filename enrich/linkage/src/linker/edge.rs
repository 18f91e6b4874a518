//! Pairs of records as they are handed out and kept, and what becomes of records that are put among others.

/// What a reviewer has said of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// One person.
    Same,
    /// Two people.
    Different,
}

/// A pair worth keeping.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge<Id> {
    /// One record, by its order before the other.
    pub left: Id,
    /// The other.
    pub right: Id,
    /// log2 of the odds that the two are one person, as they were when they were compared.
    pub log_odds: f32,
}

impl<Id> Edge<Id> {
    /// The weight in thousandths of a bit, as it is kept.
    pub fn millibits(&self) -> i64 {
        millibits(f64::from(self.log_odds))
    }

    /// A pair with the weight it was kept with.
    pub fn of(left: Id, right: Id, millibits: i64) -> Self {
        Self {
            left,
            right,
            log_odds: of_millibits(millibits),
        }
    }
}

// Weights are rounded before they count, so that a state that was brought back decides alike.
pub(super) fn millibits(log_odds: f64) -> i64 {
    (log_odds * 1_000.0).round() as i64
}

pub(super) fn of_millibits(millibits: i64) -> f32 {
    millibits as f32 / 1_000.0
}

/// A record can't be taken in: too many hang together with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyTogether;

/// What taking in, replacing or taking out a record did.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed<Id> {
    /// How the record's surroundings are grouped now: each cluster in order, all of every cluster touched.
    pub clusters: Vec<Vec<Id>>,
    /// Pairs that are no more.
    pub cut: Vec<Edge<Id>>,
    /// Pairs that are new.
    pub made: Vec<Edge<Id>>,
}
