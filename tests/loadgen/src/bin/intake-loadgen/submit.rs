//! `submit`: submissions to running nodes, each to its province's.

use crate::Format;
use crate::batch::{self, Batch};
use crate::delivery::{Delivery, deliver};
use crate::node::Node;
use crate::progress::Progress;
use crate::totals::{Counts, Totals};
use crate::write;
use anyhow::Context;
use clap::Args;
use loadgen::Generator;
use schemas::provinces::Provinces;
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

/// Batches that wait for one node, about 20 MB. When they are full, all wait for that node: the
/// alternative is memory without a limit.
const WAITING_BATCHES: usize = 64;

#[derive(Args)]
pub struct Submit {
    /// Lines to send: applications, and what follows them.
    #[arg(long, value_name = "N")]
    applications: u64,
    /// The same seed sends the same bytes.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A province's node. Repeat it for more provinces, or for more nodes of one.
    #[arg(long, required = true, value_name = "SLUG=URL")]
    node: Vec<String>,
    /// As many households in each province, instead of by population.
    #[arg(long)]
    even: bool,
    /// Requests under way to each node. With 1 a node gets its lines in the order they were taken.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=64))]
    concurrency: u16,
    /// Lines a second over all nodes; as fast as they take them without it.
    #[arg(long, value_name = "LINES", value_parser = clap::value_parser!(u32).range(1..))]
    rate: Option<u32>,
    /// Lines in a request.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(1..=5000))]
    batch: u16,
    /// Seconds from the start until lines that no node takes are given up.
    #[arg(long, default_value_t = 600, value_name = "SECONDS")]
    deadline: u64,
}

/// What a batch came to.
struct Delivered {
    province: Arc<str>,
    counts: Counts,
    fault: Option<String>,
}

impl Submit {
    pub fn run(self, provinces: &Provinces, format: Format) -> anyhow::Result<ExitCode> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let totals = runtime.block_on(self.submit(provinces))?;
        totals.print(format)?;
        let Counts {
            undelivered, unknown, ..
        } = totals.totals;
        Ok(ExitCode::from(if undelivered + unknown == 0 { 0 } else { 1 }))
    }

    async fn submit(self, provinces: &Provinces) -> anyhow::Result<Totals> {
        let mut nodes: BTreeMap<String, Vec<Node>> = BTreeMap::new();
        for node in &self.node {
            let (slug, url) = node
                .split_once('=')
                .with_context(|| format!("{node:?} is not SLUG=URL"))?;
            nodes.entry(slug.to_owned()).or_default().push(Node::at(url)?);
        }
        let slugs: Vec<String> = nodes.keys().cloned().collect();
        let chosen = write::choose(provinces, &slugs)?;
        let generator = if self.even {
            Generator::evenly(self.seed, chosen)?
        } else {
            Generator::new(self.seed, chosen)?
        };

        let started = Instant::now();
        let deadline = started + Duration::from_secs(self.deadline);
        let mut parts = JoinSet::new();
        let (delivered, outcomes) = mpsc::channel(256);
        let mut queues = BTreeMap::new();
        for (slug, nodes) in nodes {
            let (queue, batches) = mpsc::channel(WAITING_BATCHES);
            let batches = Arc::new(Mutex::new(batches));
            for node in nodes
                .iter()
                .flat_map(|node| std::iter::repeat_n(node, self.concurrency.into()))
            {
                parts.spawn(deliver_all(
                    node.clone(),
                    slug.as_str().into(),
                    batches.clone(),
                    delivered.clone(),
                    deadline,
                ));
            }
            queues.insert(slug, queue);
        }
        drop(delivered);
        let (made, batches) = mpsc::channel(8);
        let lines = self.lines_in_batch(queues.len());
        let making =
            tokio::task::spawn_blocking(move || batch::make(generator, self.applications, lines, &made));
        parts.spawn(hand_out(batches, queues, self.rate, started));
        let provinces = count(outcomes, self.applications).await;
        while let Some(part) = parts.join_next().await {
            part.context("a part of the submission failed")?;
        }
        making.await.context("the generator failed")??;
        Ok(Totals::of(provinces, started.elapsed().as_secs_f64()))
    }

    /// At a low rate smaller batches, so that each node gets some five a second.
    fn lines_in_batch(&self, provinces: usize) -> usize {
        let most = usize::from(self.batch);
        self.rate.map_or(most, |rate| {
            (rate as usize / (provinces * 5).max(1)).clamp(1, most)
        })
    }
}

/// Hands each batch to its province's queue, not before the rate allows.
async fn hand_out(
    mut batches: mpsc::Receiver<(Arc<str>, Batch)>,
    queues: BTreeMap<String, mpsc::Sender<Batch>>,
    rate: Option<u32>,
    started: Instant,
) {
    let mut lines = 0_u64;
    while let Some((province, batch)) = batches.recv().await {
        if let Some(rate) = rate {
            sleep_until(started + Duration::from_secs_f64(lines as f64 / f64::from(rate))).await;
        }
        lines += batch.lines as u64;
        // A queue closes only when its workers have ended, and then the run fails with their fault.
        if let Some(queue) = queues.get(&*province)
            && queue.send(batch).await.is_err()
        {
            return;
        }
    }
}

/// One connection's work: a batch after the other, until there are no more.
async fn deliver_all(
    node: Node,
    province: Arc<str>,
    batches: Arc<Mutex<mpsc::Receiver<Batch>>>,
    delivered: mpsc::Sender<Delivered>,
    deadline: Instant,
) {
    loop {
        let Some(batch) = batches.lock().await.recv().await else {
            return;
        };
        let mut counts = Counts {
            expected_refused: batch.expected_refused,
            ..Counts::default()
        };
        let Delivery {
            answers,
            undelivered,
            fault,
        } = deliver(&node, batch, deadline).await;
        answers.iter().for_each(|answer| counts.count(answer));
        counts.count_undelivered(undelivered as u64);
        let fault = fault.map(|fault| fault.to_string());
        if delivered
            .send(Delivered {
                province: province.clone(),
                counts,
                fault,
            })
            .await
            .is_err()
        {
            return;
        }
    }
}

/// Adds up what the batches came to; says each province's first fault when it happens.
async fn count(mut outcomes: mpsc::Receiver<Delivered>, applications: u64) -> BTreeMap<String, Counts> {
    let mut progress = Progress::new("sent", applications);
    let mut provinces: BTreeMap<String, Counts> = BTreeMap::new();
    while let Some(Delivered {
        province,
        counts,
        fault,
    }) = outcomes.recv().await
    {
        let sum = provinces.entry(province.to_string()).or_default();
        if let Some(fault) = fault.filter(|_| sum.undelivered == 0) {
            eprintln!("{province}: {} lines not delivered: {fault}", counts.undelivered);
        }
        sum.add(&counts);
        progress.add(counts.sent);
    }
    progress.finish();
    provinces
}
