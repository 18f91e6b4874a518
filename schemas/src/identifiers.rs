//! Names and digests that identify nodes, series and contents.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::Digest;
use std::fmt;
use uuid::Uuid;

/// A random id made with a new spool; `(node_id, epoch)` names one series of events.
pub type Epoch = Uuid;

/// An intake node's registered name: 3 to 63 characters of `a-z`, `0-9` and `-`, starting with a
/// letter or a digit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct NodeId(String);

/// A text that is no [`NodeId`]. Does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a node id has 3 to 63 characters of a-z, 0-9 and '-', and starts with a letter or digit (like dien-bien-01)"
)]
pub struct NotANodeId;

impl NodeId {
    /// Checks and takes a name.
    ///
    /// # Errors
    /// [`NotANodeId`] when the length or a character is outside the rule.
    pub fn parse(text: impl Into<String>) -> Result<Self, NotANodeId> {
        let text = text.into();
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if (3..=63).contains(&text.len()) && text.bytes().all(allowed) && !text.starts_with('-') {
            Ok(Self(text))
        } else {
            Err(NotANodeId)
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for NodeId {
    type Err = NotANodeId;
    fn from_str(text: &str) -> Result<Self, NotANodeId> {
        Self::parse(text)
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for NodeId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// A SHA-256 digest; hexadecimal in text formats, 32 raw bytes in binary ones.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256(pub [u8; 32]);

impl Sha256 {
    /// What stands before the first event of a series.
    pub const ZERO: Self = Self([0; 32]);

    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for Sha256 {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const RULE: &str = "a SHA-256 digest is 64 hexadecimal digits";
        if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(RULE);
        }
        let mut digest = [0; 32];
        for (byte, at) in digest.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| RULE)?;
        }
        Ok(Self(digest))
    }
}

impl Serialize for Sha256 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_bytes(&self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Sha256 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            String::deserialize(deserializer)?
                .parse()
                .map_err(de::Error::custom)
        } else {
            let bytes = serde_bytes::ByteBuf::deserialize(deserializer)?;
            let digest = <[u8; 32]>::try_from(bytes.as_slice());
            digest
                .map(Self)
                .map_err(|_| de::Error::custom("a SHA-256 digest has 32 bytes"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_ids_keep_to_their_rule() {
        for (text, good) in [
            ("dien-bien-01", true),
            ("abc", true),
            ("ab", false),
            ("Dien-Bien", false),
            ("-abc", false),
            ("điện-biên", false),
            (&"a".repeat(63), true),
            (&"a".repeat(64), false),
        ] {
            assert_eq!(NodeId::parse(text).is_ok(), good, "{text}");
        }
    }

    #[test]
    fn digests_read_back_from_text() {
        let digest = Sha256::of(b"abc");
        assert_eq!(digest.to_string().parse(), Ok(digest));
        assert!("xyz".parse::<Sha256>().is_err());
    }
}
