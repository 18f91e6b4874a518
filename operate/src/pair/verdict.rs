//! Why match has two applications in one resident or in two, in words.

use super::Picture;
use super::scene::Scene;
use linkage::{Decision, Edge, Verdict};
use serde::Serialize;
use uuid::Uuid;

/// Why two applications are in one resident or in two.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Told {
    /// A stable word for it.
    what: &'static str,
    /// The same for people.
    pub(super) says: String,
    /// The applications it turns on, where these are not the two asked about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    through: Vec<Uuid>,
    /// What keeps the two residents apart, when it is another pair than the one asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) apart: Option<Box<Picture>>,
}

/// Tells why.
pub(super) fn tell(scene: &Scene, left: Uuid, right: Uuid) -> Told {
    let unplaced = [left, right].into_iter().find_map(|id| {
        let (row, _) = scene.applications.get(&id)?;
        (row.status != "loaded")
            .then(|| format!("application {id} is {}: it belongs to no resident", row.status))
    });
    if let Some(says) = unplaced {
        return plain("unplaced", says);
    }
    match scene.linker.verdict(left, right) {
        None => plain("unknown", "one of them is not there".to_owned()),
        Some(Verdict::Together(chain)) => together(chain),
        Some(Verdict::Unlikely(edge)) => unlikely(scene, &edge),
        Some(Verdict::InDoubt(edge)) => plain(
            "in-doubt",
            format!(
                "two residents, and a person looks: their likeliest pair, {}, is less likely than {}",
                weighed(&edge),
                scene.linker.thresholds().link
            ),
        ),
        Some(Verdict::AskedOtherwise(edge)) => plain(
            "asked-otherwise",
            format!(
                "two residents: {}, have one number and little else; nobody is asked about them while one of them is looked \
                 at, or was found to be one person, with somebody likelier who has another number",
                weighed(&edge)
            ),
        ),
        Some(Verdict::NeverCompared(a, b)) => never_compared(scene, a, b),
        Some(Verdict::Apart(a, b)) => apart(scene, [left, right], a, b),
        Some(Verdict::Ambiguous(one, rival, other)) => ambiguous(scene, one, rival, other),
        Some(Verdict::Due(edge)) => plain(
            "due",
            format!(
                "two residents, and nothing keeps them apart now: they are linked by {} when something near them changes",
                weighed(&edge)
            ),
        ),
    }
}

fn plain(what: &'static str, says: String) -> Told {
    Told {
        what,
        says,
        ..Told::default()
    }
}

fn weighed(edge: &Edge<Uuid>) -> String {
    format!("{} and {} ({:+.2} bits)", edge.left, edge.right, edge.log_odds)
}

fn together(chain: Vec<Uuid>) -> Told {
    let says = match chain.len() {
        0 => "one resident, but nothing holds them together any more: they come apart when something near them changes"
            .to_owned(),
        2 => "one resident: the two are linked".to_owned(),
        _ => {
            let ids: Vec<String> = chain.iter().map(Uuid::to_string).collect();
            format!("one resident, through {}", ids.join(" - "))
        }
    };
    Told {
        what: "together",
        says,
        through: chain,
        apart: None,
    }
}

fn unlikely(scene: &Scene, edge: &Edge<Uuid>) -> Told {
    let says = format!(
        "two residents: their likeliest pair, {}, is less likely than {}, from which a person looks",
        weighed(edge),
        scene.linker.thresholds().review
    );
    plain("unlikely", says)
}

fn never_compared(scene: &Scene, a: Uuid, b: Uuid) -> Told {
    let keys = scene.linker.shared_keys(a, b);
    let why = if keys.is_empty() {
        "they agree on no key that brings applications together".to_owned()
    } else {
        format!(
            "they agree on {}, but too many others did as well, or rules or values were others when they came",
            keys.join(" and on ")
        )
    };
    Told {
        what: "never-compared",
        says: format!("two residents: {a} and {b} were never compared: {why}"),
        through: vec![a, b],
        apart: None,
    }
}

fn apart(scene: &Scene, asked: [Uuid; 2], a: Uuid, b: Uuid) -> Told {
    let because = because(scene, a, b);
    if [a, b] == asked {
        return plain("apart", format!("two residents: {because}"));
    }
    let told = plain("apart", because.clone());
    Told {
        what: "apart",
        says: format!("two residents: {a} of the one and {b} of the other keep them apart: {because}"),
        through: vec![a, b],
        apart: scene.picture(a, b, told).map(Box::new),
    }
}

/// What keeps a pair apart.
fn because(scene: &Scene, a: Uuid, b: Uuid) -> String {
    if scene.linker.decision_of(a, b) == Some(Decision::Different) {
        let review = scene.review(a, b);
        let by = review.and_then(|review| review.decided_by.as_deref());
        let reason = review.and_then(|review| review.reason.as_deref());
        return format!(
            "{} decided that they are two people ({})",
            by.unwrap_or("somebody"),
            reason.unwrap_or("no reason is known")
        );
    }
    match scene.linker.explain(a, b) {
        Some(told) if !told.rules.is_empty() => told.rules.join("; "),
        Some(told) => format!("the evidence speaks for two people ({:+.2} bits)", told.log_odds),
        None => "one of them is not there".to_owned(),
    }
}

fn ambiguous(scene: &Scene, one: Uuid, rival: Uuid, other: Uuid) -> Told {
    let bits = |a: Uuid, b: Uuid| {
        let recorded = scene
            .edge(a, b)
            .map(|edge| edge.weight_millibits as f64 / 1_000.0);
        let now = || scene.linker.explain(a, b).map(|told| told.log_odds);
        recorded.or_else(now).unwrap_or_default()
    };
    let says = format!(
        "two residents: {one} might as well be one person with {rival} ({:+.2} bits), who is another person than {other} \
         ({:+.2} bits); as it could be either, it is joined to neither",
        bits(one, rival),
        bits(rival, other)
    );
    Told {
        what: "ambiguous",
        says,
        through: vec![one, rival, other],
        apart: None,
    }
}
