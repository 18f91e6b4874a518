//! Where to look next: commands with ids of this run.

use crate::nodes::Nodes;
use crate::place::Place;
use loadgen::Generator;
use schemas::provinces::Provinces;
use schemas::submission::Submission;

/// A loaded application of this run.
struct Example {
    slug: String,
    application_id: String,
    resident_id: String,
}

/// How many of the first lines are tried.
const TRIES: usize = 200;

/// Prints how to look around, and how to stop.
pub fn print(place: &Place, nodes: &Nodes, seed: u64) {
    let ctl = place.called("intakectl");
    println!("\nEverything keeps running. Look around:");
    println!("  {ctl} lag                  what each stage has still to read");
    println!("  {ctl} reconcile            the books");
    println!("  {ctl} node list            the nodes, as the centre knows them");
    if let Some(Example {
        slug,
        application_id,
        resident_id,
    }) = example(nodes, seed)
    {
        println!("  {ctl} application show {application_id}");
        println!("  {ctl} resident show {resident_id}");
        let node = place.called("intake-node");
        println!("  {node} outcome --dir .local/nodes/{slug} {application_id}");
        println!("  {node} status --dir .local/nodes/{slug}");
    }
    println!(
        "  psql \"$(deploy/local/stack env | sed -n 's/^INTAKE_DATABASE__URL=//p')\" -c '\\d+ intake_event'"
    );
    println!(
        "  deploy/local/pipeline status              processes, with the addresses of their /metrics and /readyz"
    );
    println!(
        "  deploy/local/pipeline logs sink -f        logs are in .local/log, Kafka's in .local/kafka/kafka.log"
    );
    println!(
        "Submit your own: {} submit --dir .local/nodes/ha-noi FILE.ndjson",
        place.called("intake-node")
    );
    println!("Stop: make down (the data stays); make wipe deletes it");
}

fn example(nodes: &Nodes, seed: u64) -> Option<Example> {
    let provinces = Provinces::default_21();
    let generated = Generator::new(seed, provinces.iter()).ok()?.take(TRIES);
    generated
        .filter_map(|generated| match generated.submission {
            Submission::Application(application) => Some((generated.province, application.application_id?)),
            _ => None,
        })
        .find_map(|(slug, id)| {
            let dossier = nodes.get(&slug, &format!("/v1/applications/{id}")).ok()?;
            let entry = dossier["entries"].as_array()?.last()?;
            Some(Example {
                slug: slug.to_string(),
                application_id: dossier["application_id"].as_str()?.to_owned(),
                resident_id: entry["outcome"]["resident_id"].as_str()?.to_owned(),
            })
        })
}
