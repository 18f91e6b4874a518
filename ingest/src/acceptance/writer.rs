//! The one writer of the spool: whoever submits meets in its queue, and what waits there together
//! shares one fsync.

use super::answer::{Answer, Reply, Status};
use super::check::check;
use super::identity::Identity;
use super::limits::MAX_LINE_BYTES;
use crate::spool::{Appended, New, Spool, SpoolFault};
use metrics::counter;
use normalise::Date;
use rules::{Ruleset, Told};
use runtime::{Fault, Stop, clock, trace};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;
use tokio::sync::{mpsc, oneshot};

/// Submissions that may wait for the writer; each is at most [`MAX_LINE_BYTES`] long.
const QUEUE: usize = 256;
/// Bytes written with one fsync, about.
const BATCH_BYTES: usize = 4 << 20;

struct Queued {
    new: New,
    answer: oneshot::Sender<Answer>,
}

/// Takes submissions. Clones share the queue; the writer ends when all are dropped.
#[derive(Clone)]
pub struct Intake {
    queue: mpsc::Sender<Queued>,
    identity: Identity,
    ruleset: Arc<Ruleset>,
    stop: Stop,
}

/// An answer that is known, or on its way.
pub enum Waiting {
    /// Refused before the queue.
    Known(Answer),
    /// In the queue.
    Coming(Coming),
}

/// The answer to what is in the queue, and what the rules find in it.
pub struct Coming {
    answer: oneshot::Receiver<Answer>,
    findings: Vec<Told>,
}

impl Intake {
    /// Starts the writer on a thread of its own. After `stop` nothing new is taken; what is queued
    /// is finished.
    ///
    /// # Errors
    /// Fatal when the thread can't be started.
    pub fn start(spool: Arc<Spool>, stop: Stop) -> Result<(Self, JoinHandle<()>), Fault> {
        let (queue, queued) = mpsc::channel(QUEUE);
        let identity = Identity::of(spool.node_id());
        let writer = Writer { spool, queued };
        let thread = std::thread::Builder::new()
            .name("spool-writer".to_owned())
            .spawn(move || writer.run())
            .map_err(|e| Fault::fatal(format!("can't start the spool's writer: {e}")))?;
        Ok((
            Self {
                queue,
                identity,
                ruleset: Arc::default(),
                stop,
            },
            thread,
        ))
    }

    /// How this node derives application ids.
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Submits one JSON object and waits for its answer. Cancel safe: what is queued is written.
    pub async fn submit(&self, json: &[u8]) -> Reply {
        match self.prepared(json) {
            Ok((queued, Coming { answer, findings })) => match self.queue.send(queued).await {
                Ok(()) => reply(answer.await.unwrap_or_else(|_| ended()), findings),
                Err(_) => reply(ended(), Vec::new()),
            },
            Err(answer) => reply(answer, Vec::new()),
        }
    }

    /// Submits one JSON object from a blocking thread, without waiting for the answer.
    pub fn enqueue(&self, json: &[u8]) -> Waiting {
        match self.prepared(json) {
            Ok((queued, coming)) => match self.queue.blocking_send(queued) {
                Ok(()) => Waiting::Coming(coming),
                Err(_) => Waiting::Known(ended()),
            },
            Err(answer) => Waiting::Known(answer),
        }
    }

    /// What goes into the queue, and what comes of it.
    fn prepared(&self, json: &[u8]) -> Result<(Queued, Coming), Answer> {
        let new = self.checked(json)?;
        let findings = self.findings(&new);
        let (to, answer) = oneshot::channel();
        Ok((Queued { new, answer: to }, Coming { answer, findings }))
    }

    /// What the centre's rules find, as far as they need no clock but the node's own.
    fn findings(&self, new: &New) -> Vec<Told> {
        let captured_at = new.captured_at.unwrap_or_else(clock::now);
        let as_of = Date::in_viet_nam(captured_at);
        let examined = validate::body(&new.body, as_of, &self.ruleset);
        examined.findings.into_iter().map(Told::from).collect()
    }

    fn checked(&self, json: &[u8]) -> Result<New, Answer> {
        if self.stop.requested() {
            return Err(Answer::Unavailable(
                "the node is shutting down: send it again later".to_owned(),
            ));
        }
        if json.len() > MAX_LINE_BYTES {
            return Err(Answer::TooLarge);
        }
        check(json, &self.identity).map_err(Answer::Invalid)
    }
}

impl Waiting {
    /// Waits for the answer on a blocking thread.
    pub fn reply(self) -> Reply {
        match self {
            Self::Known(answer) => reply(answer, Vec::new()),
            Self::Coming(Coming { answer, findings }) => {
                reply(answer.blocking_recv().unwrap_or_else(|_| ended()), findings)
            }
        }
    }
}

fn ended() -> Answer {
    Answer::Unavailable("the spool's writer has ended: send it again later".to_owned())
}

/// The reply with an answer, which is counted.
fn reply(answer: Answer, findings: Vec<Told>) -> Reply {
    match answer.status() {
        Status::Accepted => counter!("intake_node_accepted_total").increment(1),
        status => counter!("intake_node_not_accepted_total", "reason" => status.name()).increment(1),
    }
    Reply { answer, findings }
}

struct Writer {
    spool: Arc<Spool>,
    queued: mpsc::Receiver<Queued>,
}

impl Writer {
    fn run(mut self) {
        while let Some(first) = self.queued.blocking_recv() {
            let (news, answers) = self.gather(first);
            let started = Instant::now();
            match self.spool.append(news, clock::now()) {
                Ok(appended) => {
                    let took = started.elapsed();
                    for (answer, appended) in answers.into_iter().zip(appended) {
                        if let Appended::Accepted(receipt) = &appended {
                            trace::accepted(receipt.event_id, took);
                        }
                        tell(answer, appended.into());
                    }
                }
                Err(fault) => {
                    let refusal = refusal(fault);
                    for answer in answers {
                        tell(answer, refusal.clone());
                    }
                }
            }
        }
    }

    fn gather(&mut self, first: Queued) -> (Vec<New>, Vec<oneshot::Sender<Answer>>) {
        let mut bytes = first.new.submitted_bytes;
        let (mut news, mut answers) = (vec![first.new], vec![first.answer]);
        while news.len() < QUEUE && bytes < BATCH_BYTES {
            let Ok(next) = self.queued.try_recv() else { break };
            bytes += next.new.submitted_bytes;
            news.push(next.new);
            answers.push(next.answer);
        }
        (news, answers)
    }
}

fn refusal(fault: SpoolFault) -> Answer {
    tracing::error!("nothing can be accepted: {fault}");
    match fault {
        SpoolFault::Full(why) => Answer::SpoolFull(why),
        other => Answer::Unavailable(other.to_string()),
    }
}

fn tell(to: oneshot::Sender<Answer>, answer: Answer) {
    if to.send(answer).is_err() {
        tracing::debug!("a submitter left before its answer; its submission is kept");
    }
}
