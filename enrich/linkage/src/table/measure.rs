//! How good a linking is, where the truth is known.

use rustc_hash::FxHashMap;

/// For each record the person it is of, as a number; none where nobody knows.
pub type Truth = Vec<Option<u32>>;

/// How clusters agree with the truth. Records whose truth is unknown are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measured {
    /// Of the pairs that were linked, how many are one person.
    pub precision: f64,
    /// Of the pairs that are one person, how many were linked.
    pub recall: f64,
    /// Their harmonic mean.
    pub f1: f64,
    /// B-cubed precision: averaged over records (A. Bagga, B. Baldwin, 1998).
    pub b_cubed_precision: f64,
    /// B-cubed recall.
    pub b_cubed_recall: f64,
    /// Their harmonic mean.
    pub b_cubed: f64,
}

/// Compares clusters, each a list of records, with the truth.
pub fn measure(clusters: &[Vec<u32>], truth: &Truth) -> Measured {
    let pairs = |count: f64| count * (count - 1.0) / 2.0;
    let mut people: FxHashMap<u32, f64> = FxHashMap::default();
    for person in truth.iter().flatten() {
        *people.entry(*person).or_default() += 1.0;
    }
    let (mut linked, mut right) = (0.0, 0.0);
    let (mut precision, mut recall, mut records) = (0.0, 0.0, 0.0);
    for cluster in clusters {
        let mut of: FxHashMap<u32, f64> = FxHashMap::default();
        let mut size = 0.0;
        for person in cluster.iter().filter_map(|&record| truth[record as usize]) {
            *of.entry(person).or_default() += 1.0;
            size += 1.0;
        }
        linked += pairs(size);
        for (person, count) in of {
            right += pairs(count);
            precision += count * count / size;
            recall += count * count / people[&person];
            records += count;
        }
    }
    let same: f64 = people.values().map(|&count| pairs(count)).sum();
    let share = |part: f64, whole: f64| if whole == 0.0 { 1.0 } else { part / whole };
    let mean = |a: f64, b: f64| if a + b == 0.0 { 0.0 } else { 2.0 * a * b / (a + b) };
    let (p, r) = (share(right, linked), share(right, same));
    let (bp, br) = (share(precision, records), share(recall, records));
    Measured {
        precision: p,
        recall: r,
        f1: mean(p, r),
        b_cubed_precision: bp,
        b_cubed_recall: br,
        b_cubed: mean(bp, br),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(clusters: &[&[u32]], truth: &[Option<u32>], expected: [f64; 6]) {
        let clusters: Vec<Vec<u32>> = clusters.iter().map(|cluster| cluster.to_vec()).collect();
        let found = measure(&clusters, &truth.to_vec());
        let found = [
            found.precision,
            found.recall,
            found.f1,
            found.b_cubed_precision,
            found.b_cubed_recall,
            found.b_cubed,
        ];
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
        }
    }

    #[test]
    fn measures_are_what_they_are_by_hand() {
        // A person of three records in two clusters, one of them with another person's only record.
        let truth = [Some(0), Some(0), Some(0), Some(1)];
        check(
            &[&[0, 1, 3], &[2]],
            &truth,
            [
                1.0 / 3.0,
                1.0 / 3.0,
                1.0 / 3.0,
                (2.0 / 3.0 + 2.0 / 3.0 + 1.0 / 3.0 + 1.0) / 4.0,
                (2.0 / 3.0 + 2.0 / 3.0 + 1.0 + 1.0 / 3.0) / 4.0,
                2.0 / 3.0,
            ],
        );
        check(&[&[0, 1, 2], &[3]], &truth, [1.0; 6]);
        check(
            &[&[0], &[1], &[2], &[3]],
            &truth,
            [1.0, 0.0, 0.0, 1.0, 0.5, 2.0 / 3.0],
        );
    }

    #[test]
    fn who_nobody_knows_is_left_out() {
        check(&[&[0, 1, 2], &[3]], &[Some(0), Some(0), None, None], [1.0; 6]);
        check(&[], &[], [1.0; 6]);
    }
}
