//! Headers of Kafka records.

use serde::{Deserialize, Serialize};

/// A header of a record. A name may come more than once. Its value may be a person's, like the record's own: `Debug`
/// says how long it is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value; none is not the same as empty. Base64 in JSON, which has no bytes.
    #[serde(with = "value")]
    pub value: Option<Vec<u8>>,
}

impl Header {
    /// What it takes in a record, but for the lengths before its name and value.
    pub fn bytes(&self) -> usize {
        self.name.len() + self.value.as_ref().map_or(0, Vec::len)
    }
}

impl std::fmt::Debug for Header {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Header(<{} bytes>)", self.bytes())
    }
}

mod value {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(value: &Option<Vec<u8>>, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            value.as_ref().map(|bytes| STANDARD.encode(bytes)).serialize(to)
        } else {
            serde_bytes::serialize(value, to)
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<u8>>, D::Error> {
        if !from.is_human_readable() {
            return serde_bytes::deserialize(from);
        }
        Option::<String>::deserialize(from)?
            .map(|text| STANDARD.decode(text))
            .transpose()
            .map_err(|_| D::Error::custom("a header's value is no base64"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_json_a_value_is_base64_and_reads_back() {
        let headers = [Some(vec![0, 255]), Some(Vec::new()), None].map(|value| Header {
            name: "n".to_owned(),
            value,
        });
        let json = serde_json::to_string(&headers).expect("JSON");
        assert_eq!(
            json,
            r#"[{"name":"n","value":"AP8="},{"name":"n","value":""},{"name":"n","value":null}]"#
        );
        assert_eq!(serde_json::from_str::<Vec<Header>>(&json).expect("read"), headers);
    }

    #[test]
    fn debug_shows_neither_name_nor_value() {
        let header = Header {
            name: "nguoi-nop".to_owned(),
            value: Some(b"Vi Thanh Tam".to_vec()),
        };
        assert_eq!(format!("{header:?}"), "Header(<21 bytes>)");
    }
}
