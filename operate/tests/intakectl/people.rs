//! People in a register, as match and the sink would have put them there.

use crate::fixture::Pipeline;
use schemas::applicant::Applicant;
use schemas::codec::Event;
use schemas::{Body, Field, IntakeEvent, NodeId, Sha256, Timestamp};
use uuid::Uuid;

/// A person's normalised fields.
pub type Person = Vec<(Field, &'static str)>;

pub const NAME: &str = "Lò Văn Pâng";
pub const NUMBER: &str = "011087001234";
pub const MISTYPED: &str = "011087001284";

/// A person with parents, a telephone and a number.
pub fn person(name: &'static str, number: &'static str) -> Person {
    let mut person = vec![
        (Field::FullName, name),
        (Field::DateOfBirth, "1987-09-05"),
        (Field::Sex, "M"),
        (Field::FatherName, "Lò Văn Ín"),
        (Field::MotherName, "Quàng Thị Hặc"),
        (Field::Phone, "+84912345678"),
    ];
    if !number.is_empty() {
        person.push((Field::PersonalNumber, number));
    }
    person
}

/// Somebody who has nothing in common with them.
pub fn stranger() -> Person {
    vec![
        (Field::FullName, "Giàng Thị Mỷ"),
        (Field::DateOfBirth, "1990-02-11"),
        (Field::Sex, "F"),
    ]
}

pub fn application(n: u128) -> Uuid {
    Uuid::from_u128(0xa0 + n)
}

pub fn resident(n: u128) -> Uuid {
    Uuid::from_u128(0xb0 + n)
}

fn event(n: u128, person: &Person) -> IntakeEvent {
    let mut applicant = Applicant::default();
    for (field, value) in person {
        applicant.set(*field, Some((*value).to_owned()));
    }
    let at = Timestamp(1_700_000_000_000);
    IntakeEvent {
        event_id: Uuid::from_u128(0xe0 + n),
        node_id: NodeId::parse("dien-bien-01").expect("a node id"),
        epoch: Uuid::from_u128(2),
        sequence: n as i64,
        previous_hash: Sha256::ZERO,
        captured_at: at,
        spooled_at: at,
        clock_offset_ms: None,
        body: Body::ApplicationSubmitted(loadgen::first_issue(application(n), applicant)),
    }
}

impl Pipeline {
    /// Loads application `n` of step `n`, which belongs to resident `of`.
    pub async fn applies(&self, n: u128, of: u128, person: &Person) {
        const APPLICATION: &str = "
            INSERT INTO application (application_id, sequence, revision, status, stage, resident_id, event_id, node_id,
                                     form_id, form_version, channel, service, captured_at, appended_at, ruleset, event)
            VALUES ($1, $2, 1, 'loaded', 0, $3, $4, 'dien-bien-01', 'CC01', '2024-07', 'mobile_team', 'first_issue',
                    now(), now(), '1', $5)";
        const EVENT: &str = "
            INSERT INTO intake_event (sequence, partition, source_offset, appended_at, logged_at, matched_at, province,
                                      node_id, epoch, node_sequence, event_id, kind, application_id, revision, outcome, resident_id)
            VALUES ($2, 0, $2, now(), now(), now(), 'dien-bien', 'dien-bien-01', gen_random_uuid(), $2, $4, 'application', $1, 1,
                    'loaded', $3)";
        const RESIDENT: &str = "
            INSERT INTO resident AS known (resident_id, sequence, status, full_name, date_of_birth, father_name, mother_name,
                                           folded_name, stage, members, provenance, last_event)
            VALUES ($3, $2, 'active', $5, $6, $7, $8, '', 0, ARRAY[$1], '[]', $4)
            ON CONFLICT (resident_id) DO UPDATE
               SET members = known.members || EXCLUDED.members, sequence = EXCLUDED.sequence";
        let event = event(n, person);
        let value = |field: Field| {
            person
                .iter()
                .find(|(of, _)| *of == field)
                .map(|(_, value)| *value)
        };
        let mut conn = self.connect().await;
        for statement in [APPLICATION, EVENT, RESIDENT] {
            let mut query = sqlx::query(statement)
                .bind(application(n))
                .bind(n as i64)
                .bind(resident(of))
                .bind(event.event_id);
            if statement == APPLICATION {
                query = query.bind(event.encode().expect("encoded"));
            }
            if statement == RESIDENT {
                for field in [
                    Field::FullName,
                    Field::DateOfBirth,
                    Field::FatherName,
                    Field::MotherName,
                ] {
                    query = query.bind(value(field));
                }
            }
            query.execute(&mut conn).await.expect("inserted");
        }
        self.loaded().await;
    }

    /// Two applications were compared.
    pub async fn weighed(&self, left: u128, right: u128, millibits: i64) {
        let (left, right) = (application(left), application(right));
        self.sql(format!(
            "INSERT INTO match_edge VALUES ('{left}', '{right}', 1, 'vn-1', {millibits}, true)"
        ))
        .await;
    }

    /// A review of two applications.
    pub async fn reviewed(&self, left: u128, right: u128, status: &str, millibits: i64) {
        let (left, right) = (application(left), application(right));
        self.sql(format!(
            "INSERT INTO review VALUES ('{left}', '{right}', 2, '{status}', {millibits}, 2,
                                        CASE WHEN '{status}' IN ('same', 'different') THEN 'a.reviewer' END, 'paper seen')"
        ))
        .await;
    }
}
