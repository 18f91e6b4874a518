//! Applications, encoded as their nodes would publish them.

use anyhow::{Context, Result, bail};
use ingest::acceptance::{Identity, check};
use runtime::clock;
use runtime::kafka::Cluster;
use schemas::codec::Event;
use schemas::provinces::Provinces;
use schemas::{Applicant, Body, Epoch, IntakeEvent, NodeId, Sha256, Timestamp, topics};
use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

/// A node's series as it is being made.
struct Series {
    node_id: NodeId,
    identity: Identity,
    epoch: Epoch,
    sequence: i64,
    head: Sha256,
}

/// An event with where it goes.
pub struct Encoded {
    /// Which of the provinces' topics.
    pub topic: usize,
    /// The event as published.
    pub bytes: Vec<u8>,
}

/// The applications of the generator that a node would accept, one node a province, without end.
pub struct Events {
    /// Topics and their nodes.
    pub topics: Vec<(String, NodeId)>,
    generator: loadgen::Generator,
    series: HashMap<String, (usize, Series)>,
    line: Vec<u8>,
}

impl Events {
    /// Those of the 21 provinces whose slug is `wanted`.
    ///
    /// # Errors
    /// When the list of provinces is wrong, which is a bug.
    pub fn of(wanted: impl Fn(&str) -> bool, seed: u64) -> Result<Self> {
        let provinces = Provinces::default_21();
        let provinces = || provinces.iter().filter(|province| wanted(&province.slug));
        let mut topics = Vec::new();
        let mut series = HashMap::new();
        for province in provinces() {
            let node_id = NodeId::parse(format!("bench-{}", province.slug))?;
            topics.push((topics::applications(&province.slug), node_id.clone()));
            let identity = Identity::of(&node_id);
            let start = Series {
                node_id,
                identity,
                epoch: clock::new_epoch(),
                sequence: 0,
                head: Sha256::ZERO,
            };
            series.insert(province.slug.clone(), (topics.len() - 1, start));
        }
        Ok(Self {
            topics,
            generator: loadgen::Generator::new(seed, provinces())?,
            series,
            line: Vec::new(),
        })
    }

    /// The next one.
    ///
    /// # Errors
    /// When the generator or an event is wrong, which is a bug.
    pub fn draw(&mut self) -> Result<Encoded> {
        loop {
            let generated = self.generator.next().context("the population is at its end")?;
            self.line.clear();
            generated.write_line(&mut self.line)?;
            let (topic, series) = self
                .series
                .get_mut(&*generated.province)
                .context("a province of ours")?;
            let Ok(new) = check(&self.line, &series.identity) else {
                continue;
            };
            if matches!(new.body, Body::ApplicationSubmitted(_)) {
                return Ok(Encoded {
                    topic: *topic,
                    bytes: series.next(new.body)?,
                });
            }
        }
    }
}

/// Applications of some nodes, one a province.
pub struct Load {
    topics: Vec<(String, NodeId)>,
    events: Vec<Encoded>,
}

impl Load {
    /// The first `count` applications of the generator that a node would accept.
    ///
    /// # Errors
    /// When the generator or an event is wrong, which is a bug.
    pub fn generate(count: u64, seed: u64) -> Result<Self> {
        Self::generate_in(|_| true, count, seed)
    }

    /// The same in those of the 21 provinces whose slug is `wanted`.
    ///
    /// # Errors
    /// As [`Self::generate`].
    pub fn generate_in(wanted: impl Fn(&str) -> bool, count: u64, seed: u64) -> Result<Self> {
        let mut all = Events::of(wanted, seed)?;
        let events = (0..count).map(|_| all.draw()).collect::<Result<_>>()?;
        Ok(Self {
            topics: all.topics,
            events,
        })
    }

    /// Applications of about `people` people who are hard to keep apart, not quite two each, in the order they were taken
    /// and in all provinces alike.
    ///
    /// # Errors
    /// As [`Self::generate`].
    pub fn of_people(people: u64, seed: u64) -> Result<Self> {
        let mut all = Events::of(|_| true, seed)?;
        let population = loadgen::kin(seed, people, Provinces::default_21().iter())?;
        let slugs: BTreeSet<String> = all.series.keys().cloned().collect();
        let mut turns = slugs.iter().cycle();
        let events = population
            .into_iter()
            .map(|application| {
                let series = turns.next().and_then(|slug| all.series.get_mut(slug));
                let (topic, series) = series.context("a province of ours")?;
                let form = loadgen::first_issue(clock::new_event_id(), application.applicant);
                let bytes = series.next(Body::ApplicationSubmitted(form))?;
                Ok(Encoded { topic: *topic, bytes })
            })
            .collect::<Result<_>>()?;
        Ok(Self {
            topics: all.topics,
            events,
        })
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.events.len() as u64
    }

    /// What all of them say.
    pub fn bodies(&self) -> impl Iterator<Item = Result<Body>> {
        let decoded = self.events.iter().map(|event| IntakeEvent::decode(&event.bytes));
        decoded.map(|event| Ok(event?.body))
    }

    /// The persons of all of them, as written.
    pub fn applicants(&self) -> impl Iterator<Item = Result<Applicant>> {
        self.bodies().map(|body| match body? {
            Body::ApplicationSubmitted(body) => Ok(body.applicant),
            _ => bail!("the load holds applications only"),
        })
    }

    /// Bytes of one, on average.
    pub fn average_bytes(&self) -> usize {
        self.events.iter().map(|event| event.bytes.len()).sum::<usize>() / self.events.len().max(1)
    }

    /// Publishes everything as fast as the broker takes it; returns how long that took.
    ///
    /// # Errors
    /// When an event is not taken.
    pub fn publish(&self, cluster: &Cluster) -> Result<Duration> {
        let started = Instant::now();
        let producer = cluster.producer()?;
        for (token, event) in self.events.iter().enumerate() {
            let (topic, node_id) = &self.topics[event.topic];
            producer.send(topic, node_id.as_str().as_bytes(), &event.bytes, token as u64)?;
            if token % 500 == 0 {
                taken(producer.poll(Duration::ZERO))?;
            }
        }
        producer.flush(Duration::from_secs(60))?;
        taken(producer.poll(Duration::ZERO))?;
        Ok(started.elapsed())
    }

    /// Publishes one after the other at a steady rate, until `over` or until there are no more; returns how
    /// many.
    ///
    /// # Errors
    /// When an event is not taken.
    pub fn publish_steadily(
        &self,
        cluster: &Cluster,
        per_second: u32,
        over: impl Fn() -> bool,
    ) -> Result<u64> {
        let (started, interval) = (Instant::now(), Duration::from_secs(1) / per_second);
        let producer = cluster.producer()?;
        let mut sent = 0;
        for event in &self.events {
            let due = started + interval * sent;
            taken(producer.poll(Duration::ZERO))?;
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            if over() {
                break;
            }
            let (topic, node_id) = &self.topics[event.topic];
            producer.send(topic, node_id.as_str().as_bytes(), &event.bytes, u64::from(sent))?;
            sent += 1;
        }
        producer.flush(Duration::from_secs(60))?;
        taken(producer.poll(Duration::ZERO))?;
        Ok(u64::from(sent))
    }
}

fn taken(deliveries: Vec<runtime::kafka::Delivery>) -> Result<()> {
    for delivery in deliveries {
        delivery
            .result
            .map_err(|why| anyhow::anyhow!("an application was not taken: {}", why.code))?;
    }
    Ok(())
}

impl Series {
    fn next(&mut self, body: Body) -> Result<Vec<u8>> {
        self.sequence += 1;
        let now: Timestamp = clock::now();
        let event = IntakeEvent {
            event_id: clock::new_event_id(),
            node_id: self.node_id.clone(),
            epoch: self.epoch,
            sequence: self.sequence,
            previous_hash: self.head,
            captured_at: now,
            spooled_at: now,
            clock_offset_ms: Some(0),
            body,
        };
        let bytes = event.encode()?;
        self.head = Sha256::of(&bytes);
        Ok(bytes)
    }
}
