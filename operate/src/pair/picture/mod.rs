//! A pair as it is shown: field by field side by side, and what each agreement weighs.

mod text;

use super::rows::{ApplicationRow, ResidentRow};
use super::scene::Scene;
use super::verdict::Told;
use crate::show::mask::Mask;
use linkage::{Decision, Explanation};
use schemas::{Applicant, Field};
use serde::Serialize;
use uuid::Uuid;

/// Two applications, and what comparing them comes to. Weights are in bits: log2 of odds.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Picture {
    pub(crate) left: Side,
    pub(crate) right: Side,
    masked: bool,
    /// Normalised values, as they are compared.
    fields: Vec<FieldRow>,
    /// Version of the weights in force.
    weights: String,
    /// Applications that belong to residents.
    records: i64,
    /// How many others of the same person an application has, on average.
    match_rate: f64,
    /// Residents whose names were counted to tell rare ones from usual ones.
    sampled_residents: usize,
    /// Before anything is compared.
    prior: f64,
    evidence: Vec<EvidenceRow>,
    relatives: RelativesRow,
    log_odds: f64,
    probability: f64,
    thresholds: ThresholdsRow,
    rules: Vec<&'static str>,
    decision: Option<&'static str>,
    decided_by: Option<String>,
    reason: Option<String>,
    /// They belong to one resident.
    together: bool,
    /// What the two weighed when they were compared; none when they never were, or weighed too little to keep.
    recorded_weight: Option<f64>,
    /// Version of the weights that compared them.
    recorded_by: Option<String>,
    /// The keys that bring them together.
    keys: Vec<String>,
    verdict: Told,
    /// More hangs together with them than was looked at.
    cut: bool,
}

/// One of the two.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Side {
    pub(crate) application_id: Uuid,
    pub(crate) revision: i32,
    pub(crate) status: String,
    pub(crate) node_id: String,
    /// None while it is rejected, held or withdrawn.
    pub(crate) resident: Option<ResidentRow>,
}

#[derive(Clone, Debug, Serialize)]
struct FieldRow {
    field: Field,
    left: Option<String>,
    right: Option<String>,
    same: bool,
}

#[derive(Clone, Debug, Serialize)]
struct EvidenceRow {
    column: String,
    /// How the two agree on it; none where one has no value.
    level: Option<&'static str>,
    says: &'static str,
    /// log2(m / u).
    bits: f64,
    /// What a rare or usual value adds.
    rarity: f64,
    /// The prior and all evidence up to here.
    sum: f64,
}

#[derive(Clone, Debug, Serialize)]
struct RelativesRow {
    /// Those that explain the pair best.
    kind: &'static str,
    /// What they take from the weight.
    bits: f64,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct ThresholdsRow {
    link: f64,
    review: f64,
}

/// The picture of a pair; none when one of the two isn't there.
pub(super) fn of(scene: &Scene, left: Uuid, right: Uuid, verdict: Told) -> Option<Picture> {
    let Explanation {
        weights,
        evidence,
        prior,
        relatives,
        log_odds,
        probability,
        thresholds,
        rules,
        decision,
        together,
    } = scene.linker.explain(left, right)?;
    let ((left_row, left_person), (right_row, right_person)) =
        (scene.applications.get(&left)?, scene.applications.get(&right)?);
    let mut sum = prior;
    let evidence = evidence.into_iter().map(|row| {
        sum += row.bits + row.rarity;
        EvidenceRow {
            column: row.column,
            level: row.level,
            says: row.says,
            bits: row.bits,
            rarity: row.rarity,
            sum,
        }
    });
    let (review, edge) = (scene.review(left, right), scene.edge(left, right));
    Some(Picture {
        left: Side::of(scene, left_row),
        right: Side::of(scene, right_row),
        masked: scene.mask == Mask::Masked,
        fields: fields(left_person, right_person, scene.mask),
        weights,
        records: scene.records,
        match_rate: scene.match_rate,
        sampled_residents: scene.sampled,
        prior,
        evidence: evidence.collect(),
        relatives: RelativesRow {
            kind: relatives.0.name(),
            bits: relatives.1,
        },
        log_odds,
        probability,
        thresholds: ThresholdsRow {
            link: thresholds.link,
            review: thresholds.review,
        },
        rules,
        decision: decision.map(|decision| match decision {
            Decision::Same => "same",
            Decision::Different => "different",
        }),
        decided_by: review.and_then(|review| review.decided_by.clone()),
        reason: review.and_then(|review| review.reason.clone()),
        together,
        recorded_weight: edge.map(|edge| edge.weight_millibits as f64 / 1_000.0),
        recorded_by: edge.map(|edge| edge.rule.clone()),
        keys: scene.linker.shared_keys(left, right),
        verdict,
        cut: scene.is_cut,
    })
}

fn fields(left: &Applicant, right: &Applicant, mask: Mask) -> Vec<FieldRow> {
    let known = Field::ALL.iter().filter_map(|&field| {
        let (left, right) = (left.get(field), right.get(field));
        left.or(right)?;
        Some(FieldRow {
            field,
            left: left.map(|value| mask.show(value)),
            right: right.map(|value| mask.show(value)),
            same: left == right,
        })
    });
    known.collect()
}

impl Side {
    fn of(scene: &Scene, row: &ApplicationRow) -> Self {
        let resident = row.resident_id.and_then(|id| scene.residents.get(&id));
        Self {
            application_id: row.application_id,
            revision: row.revision,
            status: row.status.clone(),
            node_id: row.node_id.clone(),
            resident: resident.cloned(),
        }
    }
}
