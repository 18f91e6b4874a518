//! What agreement and disagreement weigh: m and u for each level of each column, as data.

mod file;

use crate::applicant;
use crate::model::{Column, Model, Relatives, Role};

pub use file::WrongWeights;

/// A table of weights for one model.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// Its name and version; stands in every explanation.
    pub version: String,
    /// How many other records of the same person a record has, on average.
    pub match_rate: f64,
    /// For each kind of relatives, how many a person has among the records, on average.
    pub relatives: [f64; Relatives::ALL.len()],
    /// By column, in the model's order.
    pub columns: Vec<ColumnWeights>,
}

/// The weights of one column, by level.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnWeights {
    /// Share of pairs of one person's records that agree on each level.
    pub m: Vec<f64>,
    /// Share of pairs of records of two people at random.
    pub u: Vec<f64>,
    /// Share of pairs of two relatives; none: m where relatives share the column, else u.
    pub relatives: [Option<Vec<f64>>; Relatives::ALL.len()],
}

impl ColumnWeights {
    /// What a level says, in bits: log2(m / u).
    pub fn bits_of(&self, level: usize) -> f64 {
        log_ratio(self.m[level], self.u[level])
    }
}

fn log_ratio(share: f64, u: f64) -> f64 {
    (share.max(LEAST) / u.max(LEAST)).log2()
}

/// Share of the shipped rates of relatives that another table's are supposed to be.
const RARE_RELATIVES: f64 = 0.01;

/// Least share of a level: nothing is taken for impossible because it was never seen.
pub const LEAST: f64 = 1e-6;

/// Weights as logarithms, for scoring: bits of evidence against "two people at random".
#[derive(Clone, Debug)]
pub struct Bits {
    /// By column and level: log2(m / u).
    pub same: Vec<Vec<f64>>,
    /// By relatives, column and level: log2(share among relatives / u).
    pub relatives: [Vec<Vec<f64>>; Relatives::ALL.len()],
    /// By column: u of the first level.
    pub average: Vec<f64>,
}

impl Weights {
    /// The logarithms of the table.
    pub fn bits(&self, model: &Model) -> Bits {
        let log = |of: &[f64], u: &[f64]| -> Vec<f64> {
            of.iter().zip(u).map(|(of, u)| log_ratio(*of, *u)).collect()
        };
        let columns = || model.columns().iter().zip(&self.columns);
        let relatives = Relatives::ALL.map(|kind| {
            columns()
                .map(|(column, weights)| match &weights.relatives[kind as usize] {
                    Some(own) => log(own, &weights.u),
                    None if kind.share(column.role) => log(&weights.m, &weights.u),
                    None => vec![0.0; weights.u.len()],
                })
                .collect()
        });
        Bits {
            same: columns()
                .map(|(_, weights)| log(&weights.m, &weights.u))
                .collect(),
            relatives,
            average: columns().map(|(_, weights)| weights.u[0].max(LEAST)).collect(),
        }
    }

    /// The file of the table that comes with the rules.
    pub const SHIPPED: &str = include_str!("../../weights/vn-1.toml");

    /// The table that comes with the rules, for whole applicants.
    pub fn shipped() -> Self {
        // The file is compiled in, and a test reads it.
        Self::parse(Self::SHIPPED, &applicant::model()).unwrap_or_else(|fault| {
            debug_assert!(false, "{fault}");
            let model = applicant::model();
            let u = model
                .columns()
                .iter()
                .map(|column| even(column.comparator.levels().len()));
            Self::guess(&model, u.collect())
        })
    }

    /// The shipped table for the columns of a model, or the columns it has nothing for.
    ///
    /// # Errors
    /// The names of the columns that weights must be trained for.
    pub fn shipped_for(model: &Model) -> Result<Self, Vec<String>> {
        let shipped = Self::shipped();
        let columns: Vec<Option<ColumnWeights>> = shipped.columns_of(model).collect();
        let missing: Vec<String> = model
            .columns()
            .iter()
            .zip(&columns)
            .filter(|(_, known)| known.is_none())
            .map(|(column, _)| column.name.clone())
            .collect();
        if missing.is_empty() {
            Ok(Self {
                columns: columns.into_iter().flatten().collect(),
                ..shipped
            })
        } else {
            Err(missing)
        }
    }

    /// The weights that a table for whole applicants has for the columns of a model.
    fn columns_of<'a>(&'a self, model: &'a Model) -> impl Iterator<Item = Option<ColumnWeights>> + 'a {
        let whole = applicant::model();
        model.columns().iter().map(move |column| {
            let known = whole
                .column(&column.name)
                .filter(|&at| whole.columns()[at] == *column);
            known.map(|at| self.columns[at].clone())
        })
    }

    /// A table to begin an estimation with: the shipped one where it has a column, else a guess.
    pub(crate) fn start(model: &Model, u: Vec<Vec<f64>>) -> Self {
        let shipped = Self::shipped();
        let mut start = Self::guess(model, u);
        for (known, weights) in shipped.columns_of(model).zip(&mut start.columns) {
            if let Some(known) = known {
                let u = std::mem::take(&mut weights.u);
                *weights = ColumnWeights { u, ..known };
            }
        }
        // Who has no columns that relatives share, has no relatives to look for. In a table that isn't ours
        // they are supposed to be rare, and are not learned: a garbled name and a twin look the same there.
        let shared = |column: &Column| column.role != Role::Person;
        if model.has_relatives_of_applicants() {
            start.relatives = shipped.relatives;
        } else if model.columns().iter().any(shared) {
            start.relatives = shipped.relatives.map(|rate| rate * RARE_RELATIVES);
        }
        start
    }

    /// Agreement is usual among records of one person.
    fn guess(model: &Model, u: Vec<Vec<f64>>) -> Self {
        let columns = model.columns().iter().zip(u);
        let columns = columns.map(|(column, u)| {
            let levels = column.comparator.levels().len();
            let mut m: Vec<f64> = (0..levels).map(|level| 0.5_f64.powi(level as i32 + 3)).collect();
            m[0] = 0.85;
            scale(&mut m);
            ColumnWeights {
                m,
                u,
                relatives: [const { None }; Relatives::ALL.len()],
            }
        });
        Self {
            version: "untrained".to_owned(),
            match_rate: 0.5,
            relatives: [0.0; Relatives::ALL.len()],
            columns: columns.collect(),
        }
    }
}

pub(crate) fn even(levels: usize) -> Vec<f64> {
    vec![1.0 / levels as f64; levels]
}

/// Makes shares add up to one.
pub(crate) fn scale(shares: &mut [f64]) {
    let sum: f64 = shares.iter().sum();
    for share in shares {
        *share /= sum;
    }
}

/// Shares of counts; each level has been seen `smoothing` times more than it was, in the shares of `towards`.
pub(crate) fn shares(counts: &[f64], smoothing: f64, towards: &[f64]) -> Vec<f64> {
    let sum: f64 = counts.iter().sum::<f64>() + smoothing;
    let smoothed = counts.iter().zip(towards);
    smoothed
        .map(|(count, prior)| (count + smoothing * prior) / sum)
        .collect()
}
