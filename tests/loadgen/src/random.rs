//! Repeatable draws: every fact is a function of (seed, purpose, index), never of what was drawn before.

/// What a stream of draws decides. Streams of two purposes don't influence each other, so a change to
/// one part of the generator leaves the other parts as they were.
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
pub(crate) enum Purpose {
    Household = 1,
    BirthYears,
    Person,
    Relatives,
    Facts,
    Cases,
    Case,
    Writing,
    Attachments,
    Serial,
    ApplicationId,
    Kin,
    KinApplications,
}

/// A stream of draws: SplitMix64 from a keyed start.
///
/// # Source
/// Steele, Lea and Flood (2014), Fast Splittable Pseudorandom Number Generators, OOPSLA; the constants
/// are those of `java.util.SplittableRandom`. Chosen because it is ten lines that never change under us.
#[derive(Clone, Debug)]
pub(crate) struct Draws(u64);

impl Draws {
    /// The stream for one purpose and index under one seed.
    pub(crate) fn keyed(seed: u64, purpose: Purpose, index: u64) -> Self {
        let keyed = mix(seed ^ mix(purpose as u64));
        Self(mix(keyed ^ index.wrapping_mul(0xd1b5_4a32_d192_ed03)))
    }

    /// A stream below this one: for the parts of a thing.
    pub(crate) fn part(seed: u64, purpose: Purpose, index: u64, part: u64) -> Self {
        Self::keyed(
            mix(seed ^ part.wrapping_mul(0x8cb9_2ba7_2f3d_8dd7)),
            purpose,
            index,
        )
    }

    /// 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number from 0 to `bound` - 1; 0 when `bound` is 0.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        (((self.bits() >> 32) * u64::from(bound)) >> 32) as u32
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i32, high: i32) -> i32 {
        low + self.below((high - low + 1).max(0) as u32) as i32
    }

    /// True `per_mille` times in a thousand.
    pub(crate) fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille
    }

    /// One of `choices`, each as likely; the slice must not be empty.
    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u32) as usize]
    }

    /// A delay in ticks between `low` and about `high`, spread evenly over orders of magnitude.
    pub(crate) fn delay(&mut self, low: u64, high: u64) -> u64 {
        let doublings = (high / low.max(1)).max(1).ilog2();
        let base = low << self.below(doublings + 1);
        (base + u64::from(self.below(base.min(1 << 30) as u32))).min(high)
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Values with weights, to draw from.
#[derive(Clone, Debug)]
pub(crate) struct Weighted<T> {
    values: Vec<T>,
    cumulative: Vec<u32>,
}

impl<T: Copy> Weighted<T> {
    /// Takes values and weights; values without weight are never drawn.
    pub(crate) fn new(entries: impl IntoIterator<Item = (T, u32)>) -> Self {
        let mut sum = 0;
        let (values, cumulative) = entries
            .into_iter()
            .filter(|&(_, weight)| weight > 0)
            .map(|(value, weight)| {
                sum += weight;
                (value, sum)
            })
            .unzip();
        Self { values, cumulative }
    }

    /// One value, as likely as its weight says; `None` from an empty table.
    pub(crate) fn try_pick(&self, draws: &mut Draws) -> Option<T> {
        let drawn = draws.below(*self.cumulative.last()?);
        Some(self.values[self.cumulative.partition_point(|&upto| upto <= drawn)])
    }

    /// As [`Self::try_pick`], for a table that is known not to be empty.
    pub(crate) fn pick(&self, draws: &mut Draws) -> T {
        self.try_pick(draws).expect("the table has a value")
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitmix64_gives_its_published_values() {
        // The first outputs for state 1234567, as listed with the reference implementation.
        let mut draws = Draws(1_234_567);
        assert_eq!(
            [draws.bits(), draws.bits()],
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]
        );
    }

    #[test]
    fn a_delay_stays_in_its_bounds() {
        let mut draws = Draws(1);
        for (low, high) in [(1, 1), (20, 20_000), (5, 7)] {
            for _ in 0..1000 {
                let delay = draws.delay(low, high);
                assert!((low..=high).contains(&delay), "{delay} not in {low}..={high}");
            }
        }
    }
}
