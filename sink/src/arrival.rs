//! A record as it arrives, with what could be read of it.

use runtime::kafka::Record;
use schemas::change::{ApplicationState, EventSettled, ResidentChanged};
use schemas::codec::{Change, Event};
use schemas::head::EventHead;
use schemas::manifest::{NodeClaim, NodeManifest};
use schemas::topics;
use uuid::Uuid;

/// A record with what could be read of it. The bytes stay until it is loaded, for a dead letter.
#[derive(Clone)]
pub(crate) struct Arrival {
    pub record: Record,
    /// Which ownership of its partition it was fetched under.
    pub tenure: u64,
    pub content: Content,
}

#[derive(Clone)]
pub(crate) enum Content {
    Settled(Box<EventSettled>, Option<Box<EventHead>>),
    Resident(Box<ResidentChanged>, Vec<EventHead>),
    Manifest(Box<Manifest>),
    /// Stable reason code.
    Refused(&'static str),
}

/// A node's manifest and the province of the topic it came from.
#[derive(Clone)]
pub(crate) struct Manifest {
    pub province: String,
    pub claim: NodeClaim,
    pub signed: NodeManifest,
}

impl Arrival {
    /// Reads a record. One that can't be read is refused, with a reason.
    pub(crate) fn of(record: Record, tenure: u64) -> Self {
        let read = match topics::province_of(&record.partition.topic) {
            Some(province) => manifest(&record, province),
            None => change(&record.value),
        };
        Self {
            content: read.unwrap_or_else(Content::Refused),
            record,
            tenure,
        }
    }

    /// The step of match that made it; none for a manifest or what can't be read.
    pub(crate) fn sequence(&self) -> Option<i64> {
        match &self.content {
            Content::Settled(change, _) => Some(change.sequence),
            Content::Resident(change, _) => Some(change.sequence),
            Content::Manifest(_) | Content::Refused(_) => None,
        }
    }

    /// The residents and applications whose values it may hold.
    pub(crate) fn about(&self) -> impl Iterator<Item = Uuid> {
        let (settled, resident) = match &self.content {
            Content::Settled(change, _) => (Some(change), None),
            Content::Resident(change, _) => (None, Some(change)),
            Content::Manifest(_) | Content::Refused(_) => (None, None),
        };
        let of_settled = settled.into_iter().flat_map(|change| change.about());
        of_settled.chain(resident.into_iter().flat_map(|change| change.about()))
    }

    /// Bytes it holds, roughly: twice its own, as it is kept read and unread.
    pub(crate) fn bytes(&self) -> usize {
        2 * self.record.value.len()
    }
}

fn change(value: &[u8]) -> Result<Content, &'static str> {
    match Change::decode(value).map_err(|fault| fault.code())? {
        Change::Settled(change) => {
            let head = change.application.as_ref().map(head).transpose()?.map(Box::new);
            Ok(Content::Settled(change, head))
        }
        Change::Resident(change) => {
            let heads = change.gained.iter().map(head).collect::<Result<_, _>>()?;
            Ok(Content::Resident(change, heads))
        }
    }
}

fn head(state: &ApplicationState) -> Result<EventHead, &'static str> {
    // Restore must give this time back exactly, and PostgreSQL can't hold every one.
    state
        .appended_at
        .to_utc()
        .ok_or("change.append-time-impossible")?;
    EventHead::of(&state.event).map_err(|_| "change.event-unreadable")
}

fn manifest(record: &Record, province: &str) -> Result<Content, &'static str> {
    let signed = NodeManifest::decode(&record.value).map_err(|fault| fault.code())?;
    let claim = NodeClaim::decode(&signed.claim).map_err(|_| "manifest.claim-unreadable")?;
    if claim.province != province {
        return Err("manifest.other-province");
    }
    if record.key.as_deref() != Some(claim.node_id.as_str().as_bytes()) {
        return Err("manifest.other-node");
    }
    Ok(Content::Manifest(Box::new(Manifest {
        province: province.to_owned(),
        claim,
        signed,
    })))
}
