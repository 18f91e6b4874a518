//! A pair as it is shown: field by field side by side, and what each agreement weighs.

use super::rows::{ApplicationRow, ResidentRow};
use super::scene::Scene;
use super::verdict::Told;
use crate::show::mask::Mask;
use crate::table::{Cell, Table, Tone};
use linkage::{Decision, Explanation, log_odds};
use schemas::{Applicant, Field};
use serde::Serialize;
use std::fmt::Write as _;
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

    fn told(&self) -> String {
        let resident = match &self.resident {
            None => "no resident".to_owned(),
            Some(resident) => format!(
                "resident {} at step {} ({}, {} applications)",
                resident.resident_id,
                resident.sequence,
                resident.status,
                resident.members.len()
            ),
        };
        format!(
            "application {} revision {}, {}, taken by {}; {resident}",
            self.application_id, self.revision, self.status, self.node_id
        )
    }
}

impl Picture {
    /// The whole picture, for people.
    pub(crate) fn table(&self) -> String {
        let mut text = self.compared();
        // Writing to a String can't fail.
        let _ = write!(text, "\n{}\n", self.verdict.says);
        if let Some(apart) = &self.verdict.apart {
            let _ = write!(text, "\nwhat keeps them apart\n{}", apart.compared());
        }
        if self.cut {
            text += "more hangs together with them than was looked at: match links no more than a hundred\n";
        }
        if self.masked {
            text += "\nvalues are masked; --unmask --reason '…' shows them";
        }
        text
    }

    fn compared(&self) -> String {
        format!(
            "left   {}\nright  {}\n\n{}\n{}\n{}",
            self.left.told(),
            self.right.told(),
            self.side_by_side(),
            self.waterfall(),
            self.beside()
        )
    }

    fn side_by_side(&self) -> String {
        let mut table = Table::new(&["FIELD", "LEFT", "RIGHT", ""]);
        for row in &self.fields {
            let (mark, tone) = match (row.same, row.left.is_some() && row.right.is_some()) {
                (true, _) => ("=", Tone::Good),
                (false, true) => ("differs", Tone::Notice),
                (false, false) => ("", Tone::Plain),
            };
            table.row([
                Cell::text(row.field.name()),
                Cell::text(row.left.as_deref().unwrap_or("-")),
                Cell::text(row.right.as_deref().unwrap_or("-")),
                Cell::text(mark).toned(tone),
            ]);
        }
        table.render()
    }

    fn waterfall(&self) -> String {
        let mut table = Table::new(&["COMPARED", "HOW THEY AGREE", "BITS", "RARITY", "SUM"]);
        let mut row = |what: &str, says: String, bits: f64, rarity: Option<f64>, sum: f64| {
            let tone = if bits < 0.0 { Tone::Notice } else { Tone::Plain };
            table.row([
                Cell::text(what),
                Cell::text(says),
                Cell::signed(bits).toned(tone),
                rarity.map_or_else(Cell::default, Cell::signed),
                Cell::signed(sum),
            ]);
        };
        let before = format!("before: one of {} applications", self.records);
        row("", before, self.prior, None, self.prior);
        let mut sum = self.prior;
        for evidence in self.evidence.iter().filter(|row| row.level.is_some()) {
            sum = evidence.sum;
            let rarity = Some(evidence.rarity).filter(|rarity| *rarity != 0.0);
            row(
                &evidence.column,
                evidence.says.to_owned(),
                evidence.bits,
                rarity,
                sum,
            );
        }
        let RelativesRow { kind, bits } = self.relatives;
        if bits > 0.005 {
            sum -= bits;
            row(
                "",
                format!("what relatives explain, {kind} most"),
                -bits,
                None,
                sum,
            );
        }
        if (self.log_odds - sum).abs() > 0.005 {
            row(
                "",
                "what a rule leaves of it".to_owned(),
                self.log_odds - sum,
                None,
                self.log_odds,
            );
        }
        table.render()
    }

    fn beside(&self) -> String {
        let ThresholdsRow { link, review } = self.thresholds;
        let reached = match self.probability {
            p if p >= link => "it reaches the first",
            p if p >= review => "it reaches the second",
            _ => "it reaches neither",
        };
        let mut text = format!(
            "probability {:.4} ({:+.2} bits); linked from {link} ({:+.2} bits), looked at from {review} ({:+.2} bits): {reached}\n",
            self.probability,
            self.log_odds,
            log_odds(link),
            log_odds(review)
        );
        let missing: Vec<&str> = self
            .evidence
            .iter()
            .filter(|row| row.level.is_none())
            .map(|row| row.column.as_str())
            .collect();
        let mut line = |what: &str, says: String| {
            // Writing to a String can't fail.
            let _ = writeln!(text, "{what}: {says}");
        };
        if !missing.is_empty() {
            line("no value on one side or both", missing.join(", "));
        }
        line(
            "keys that bring them together",
            if self.keys.is_empty() {
                "none".to_owned()
            } else {
                self.keys.join("; ")
            },
        );
        line(
            "when they were compared",
            match (self.recorded_weight, &self.recorded_by) {
                (Some(weight), Some(by)) => format!("{weight:+.2} bits by the weights {by}"),
                _ => "no weight was kept".to_owned(),
            },
        );
        line(
            "weights in force",
            format!(
                "{}; {:.3} others of the same person an application; names counted among {} residents",
                self.weights, self.match_rate, self.sampled_residents
            ),
        );
        for rule in &self.rules {
            line("rule", (*rule).to_owned());
        }
        if let Some(decision) = self.decision {
            let by = self.decided_by.as_deref().unwrap_or("somebody");
            let reason = self.reason.as_deref().unwrap_or("no reason is known");
            line("decided", format!("{decision}, by {by} ({reason})"));
        }
        text
    }
}
