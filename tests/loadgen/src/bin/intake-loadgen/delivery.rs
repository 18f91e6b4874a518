//! A batch's way to its node: sent again until each line has an answer that lasts.

use crate::answer::Answer;
use crate::batch::Batch;
use crate::node::{Node, NotDelivered};
use backon::{BackoffBuilder, ExponentialBuilder};
use hyper::body::Bytes;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What a batch came to.
#[derive(Debug, Default)]
pub struct Delivery {
    /// The lasting answers.
    pub answers: Vec<Answer>,
    /// Lines without one.
    pub undelivered: usize,
    /// Why there are such lines.
    pub fault: Option<NotDelivered>,
}

/// Sends a batch with jittered pauses of 0.1 to 5 s until every line is answered, or until the deadline.
///
/// A batch whose answer was lost is sent again whole; what the node has from the first time it answers
/// as already accepted. Lines that the node can't take now are sent again without the others.
pub async fn deliver(node: &Node, batch: Batch, deadline: Instant) -> Delivery {
    let mut pauses = ExponentialBuilder::default()
        .with_min_delay(SHORTEST_PAUSE)
        .with_max_delay(LONGEST_PAUSE)
        .without_max_times()
        .with_jitter()
        .build();
    let mut delivery = Delivery::default();
    let (mut body, mut lines) = (batch.body, batch.lines);
    loop {
        let fault = match node.send(&body, lines, deadline).await {
            Ok(answers) => {
                body = open_lines(&body, &answers);
                delivery
                    .answers
                    .extend(answers.iter().filter(|answer| !answer.status.passes()));
                lines = answers.iter().filter(|answer| answer.status.passes()).count();
                if lines == 0 {
                    return delivery;
                }
                NotDelivered::Later
            }
            Err(fault) => fault,
        };
        let pause = pauses.next().unwrap_or(LONGEST_PAUSE);
        if !fault.passes() || Instant::now() + pause >= deadline {
            return Delivery {
                undelivered: lines,
                fault: Some(fault),
                ..delivery
            };
        }
        sleep(pause).await;
    }
}

/// The lines of `body` whose answer says that they may pass later.
fn open_lines(body: &Bytes, answers: &[Answer]) -> Bytes {
    let lines = body.split_inclusive(|&byte| byte == b'\n').zip(answers);
    let open = lines.filter(|(_, answer)| answer.status.passes());
    open.flat_map(|(line, _)| line.iter().copied()).collect()
}
