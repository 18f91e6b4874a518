//! How large an application is once it is an event: what throughput figures depend on.

use loadgen::{Generated, Generator};
use schemas::codec::Event;
use schemas::event::{ApplicationSubmitted, Body};
use schemas::provinces::Provinces;
use schemas::submission::Submission;
use schemas::{IntakeEvent, NodeId, Sha256, Timestamp};

#[test]
fn an_application_is_as_large_as_a_real_one() {
    let generator = Generator::new(7, Provinces::default_21().iter()).expect("the 21 provinces are known");
    let (mut fields, mut bytes, mut count) = (0, 0, 0);
    for Generated {
        submission,
        variation,
        ..
    } in generator.take(5_000)
    {
        let Submission::Application(form) = submission else {
            continue;
        };
        if variation.defect.is_some() {
            continue;
        }
        count += 1;
        fields += form.applicant.present().count();
        let event = IntakeEvent {
            event_id: uuid::Uuid::nil(),
            node_id: NodeId::parse("dien-bien-01").expect("a node id"),
            epoch: uuid::Uuid::nil(),
            sequence: 1_000,
            previous_hash: Sha256::ZERO,
            captured_at: Timestamp(1_719_788_400_000),
            spooled_at: Timestamp(1_719_788_400_000),
            clock_offset_ms: Some(12),
            body: Body::ApplicationSubmitted(ApplicationSubmitted {
                application_id: uuid::Uuid::nil(),
                revision: form.revision,
                reference: None,
                form_id: form.form.id,
                form_version: form.form.version,
                channel: form.channel,
                service: form.service,
                commune: form.commune,
                village: form.village,
                team: form.team,
                applicant: form.applicant,
                attachments: form.attachments,
            }),
        };
        bytes += event.encode().expect("the event fits its schema").len();
    }
    let (fields, bytes) = (f64::from(fields as u32 / count), bytes as u32 / count);
    assert!((28.0..=34.0).contains(&fields), "{fields} fields");
    assert!((600..=900).contains(&bytes), "{bytes} bytes");
}
