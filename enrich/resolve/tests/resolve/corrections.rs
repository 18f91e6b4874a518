//! Corrections that place an application with another resident than before, where both have others.

use crate::log::*;
use resolve::{Outputs, Resolver};
use schemas::Field;
use schemas::change::ResidentStatus::{self, Active, Superseded};
use schemas::event::Body;
use uuid::Uuid;

type Form = Vec<(Field, &'static str)>;

fn pang() -> Form {
    person("Lò Văn Pâng", "05/09/1987", "011087001234")
}

fn hoa() -> Form {
    person("Quàng Thị Hoa", "01/01/1990", "011190004321")
}

/// Applications 1, 2, 3 … of these people; then the one at `corrected` says that it was of `person`. What each
/// step changed.
fn story(people: &[Form], corrected: u128, person: &Form) -> Vec<Outputs> {
    let (mut node, mut log) = (Node::new("dien-bien-01"), Log::default());
    let first = people.iter().zip(1..).map(|(form, n)| application(n, 1, form));
    let bodies: Vec<Body> = first.chain([application(corrected, 2, person)]).collect();
    bodies.into_iter().for_each(|body| log.push(node.event(body)));
    apply(&mut Resolver::default(), &log, 0)
}

fn resident(outputs: &Outputs) -> Uuid {
    outputs.settled.resident_id.expect("a resident")
}

/// Each resident that a step touched: id, standing, redirect, members, those whose rows it writes, those of them that
/// came over.
type Told = (
    Uuid,
    ResidentStatus,
    Option<Uuid>,
    Vec<Uuid>,
    Vec<Uuid>,
    Vec<Uuid>,
);

fn told(outputs: &Outputs) -> Vec<Told> {
    let residents = outputs.residents.iter();
    residents
        .map(|told| {
            let gained = told.gained.iter().map(|row| row.application_id).collect();
            let (members, moved) = (told.members.clone(), told.moved.clone());
            (
                told.resident_id,
                told.status,
                told.redirect_to,
                members,
                gained,
                moved,
            )
        })
        .collect()
}

/// The pairs that a step cut, and those it made.
fn pairs(outputs: &Outputs) -> [Vec<(Uuid, Uuid)>; 2] {
    let edges = outputs.residents.iter().flat_map(|resident| &resident.edges);
    let (made, cut): (Vec<_>, Vec<_>) = edges.partition(|edge| edge.accepted);
    [cut, made].map(|edges| edges.iter().map(|edge| (edge.left, edge.right)).collect())
}

/// Applications whose nodes hear of a step beside the one that is corrected.
fn others_told(outputs: &Outputs) -> Vec<(Option<Uuid>, Option<Uuid>, &str)> {
    let others =
        (outputs.notices.iter()).filter(|(_, notice)| Some(notice.event_id) != outputs.settled.event_id);
    others
        .map(|(_, notice)| {
            let code = notice.findings.last().map_or("", |found| found.code.as_str());
            (notice.application_id, notice.resident_id, code)
        })
        .collect()
}

#[test]
fn the_younger_application_leaves_one_resident_and_joins_the_other_in_one_step() {
    let steps = story(&[hoa(), pang(), pang()], 3, &hoa());
    let (hoa, pang) = (resident(&steps[0]), resident(&steps[1]));
    assert_eq!(resident(&steps[2]), pang, "it was taken for his");
    let step = &steps[3];
    assert_eq!(resident(step), hoa);
    assert_eq!(
        told(step),
        [
            (hoa, Active, None, vec![id(1), id(3)], vec![id(3)], vec![id(3)]),
            (pang, Active, None, vec![id(2)], vec![], vec![]),
        ]
    );
    assert_eq!(pairs(step), [vec![(id(2), id(3))], vec![(id(1), id(3))]]);
    assert_eq!(others_told(step), [], "nobody else's application went anywhere");
    let left = &step.residents[1];
    assert_eq!(left.sources.len(), 1, "it no longer speaks there");
}

#[test]
fn the_oldest_application_takes_its_resident_s_id_along_and_who_stays_gets_one_of_their_own() {
    let steps = story(&[hoa(), pang(), pang()], 2, &hoa());
    let (hoa, pang) = (resident(&steps[0]), resident(&steps[1]));
    let step = &steps[3];
    assert_eq!(resident(step), hoa);
    let [joined, left, stays] = told(step).try_into().expect("three residents");
    assert_eq!(
        joined,
        (hoa, Active, None, vec![id(1), id(2)], vec![id(2)], vec![id(2)])
    );
    assert_eq!(left, (pang, Superseded, Some(hoa), vec![], vec![], vec![]));
    let own = stays.0;
    assert_eq!(stays, (own, Active, None, vec![id(3)], vec![id(3)], vec![id(3)]));
    assert!(step.residents[2].is_new && own != pang);
    assert_eq!(
        others_told(step),
        [(Some(id(3)), Some(own), "resident.moved")],
        "the node of the one that stays hears of its new id"
    );
}

#[test]
fn an_application_older_than_the_resident_it_joins_gives_that_its_id() {
    let steps = story(&[pang(), pang(), hoa()], 2, &hoa());
    let (pang, hoa) = (resident(&steps[0]), resident(&steps[2]));
    let step = &steps[3];
    let joined = resident(step);
    assert_eq!(
        told(step),
        [
            (pang, Active, None, vec![id(1)], vec![], vec![]),
            (
                joined,
                Active,
                None,
                vec![id(2), id(3)],
                vec![id(2), id(3)],
                vec![id(2), id(3)]
            ),
            (hoa, Superseded, Some(joined), vec![], vec![], vec![]),
        ]
    );
    assert_eq!(others_told(step), [(Some(id(3)), Some(joined), "resident.moved")]);
}
