//! `intakectl node add`.

use super::entry::{self, Decided, Registered};
use crate::Settings;
use crate::entry::Progress;
use clap::Args;
use runtime::{Fault, clock};
use schemas::NodeId;
use schemas::match_log::{LogBody, NodeAdded};

/// Options of `node add`.
#[derive(Debug, Args)]
pub struct Options {
    /// The node's id
    #[arg(value_name = "NODE_ID")]
    node_id: NodeId,
    /// Slug of its province
    #[arg(long, value_name = "SLUG")]
    province: String,
    /// Its Ed25519 public key: 64 hexadecimal digits
    #[arg(long, value_name = "HEX", value_parser = public_key)]
    public_key: Option<[u8; 32]>,
    /// Register it anew although it is registered otherwise, or retired
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    how: crate::entry::Execution,
}

fn public_key(text: &str) -> Result<[u8; 32], String> {
    let digits = || "a public key is 64 hexadecimal digits, as `intake-node init` prints it".to_owned();
    let digest: schemas::Sha256 = text.parse().map_err(|_| digits())?;
    ed25519_dalek::VerifyingKey::from_bytes(&digest.0)
        .map(|key| key.to_bytes())
        .map_err(|_| "these digits are no Ed25519 public key".to_owned())
}

/// Registers a node.
///
/// # Errors
/// Data when no such province is configured; transient when Kafka or the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<Decided, Fault> {
    let province = settings.province(&options.province)?.slug.clone();
    let mut conn = settings.open_register().await?;
    let node_id = options.node_id.clone();
    let before = entry::registered(&mut conn, &node_id).await?;
    let mut decided = Decided {
        by: crate::entry::session_user(&mut conn).await?,
        progress: Progress::default(),
        refused: None,
        decision: match options.public_key {
            Some(_) => format!("registered in {province} with its public key"),
            None => format!("registered in {province} without a public key: its manifests stay unverified"),
        },
        node_id,
    };
    if let Some(before) = &before {
        decided.progress.in_register = same(before, &province, options.public_key);
        if decided.progress.in_register {
            return Ok(decided);
        }
        if !options.replace {
            decided.refused = Some(otherwise(before));
            return Ok(decided);
        }
    }
    if options.how.execute {
        let added = LogBody::NodeAdded(NodeAdded {
            entry_id: clock::new_event_id(),
            at: clock::now(),
            by: decided.by.clone(),
            node_id: decided.node_id.clone(),
            province,
            public_key: options.public_key.map(Vec::from),
        });
        decided.progress = entry::decide(
            settings,
            &options.how,
            &mut conn,
            &decided.node_id,
            added,
            before.as_ref(),
        )
        .await?;
    }
    Ok(decided)
}

fn same(before: &Registered, province: &str, key: Option<[u8; 32]>) -> bool {
    !before.retired
        && before.province.as_deref() == Some(province)
        && before.public_key.as_deref() == key.as_ref().map(<[u8; 32]>::as_slice)
}

fn otherwise(before: &Registered) -> String {
    let province = before.province.as_deref().unwrap_or("no province");
    let standing = if before.retired { "retired" } else { "registered" };
    let key = if before.public_key.is_some() {
        "with a public key"
    } else {
        "without a public key"
    };
    format!("it is {standing} in {province} {key}; to register it anew add --replace")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_checked() {
        let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]).verifying_key();
        let hex = schemas::Sha256(key.to_bytes()).to_string();
        assert_eq!(public_key(&hex), Ok(key.to_bytes()));
        assert!(public_key("abc").is_err());
    }
}
