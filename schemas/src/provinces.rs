//! The provinces this pipeline collects from: one list, in one file.

use serde::Deserialize;
use std::collections::HashSet;

/// A province: three spellings of one thing, kept together.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Province {
    /// Legacy code of two digits (63 provinces, until 2025-06-30), such as `11`.
    pub code: String,
    /// Names the topics; `a-z`, `0-9` and `-`. Such as `dien-bien`.
    pub slug: String,
    /// Name as people write it, such as `Điện Biên`.
    pub name: String,
    /// Partitions of its application topic, 1 to 3, fixed at creation.
    #[serde(default = "one")]
    pub partitions: i32,
}

const fn one() -> i32 {
    1
}

/// The list of provinces, in the order of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provinces {
    home: String,
    list: Vec<Province>,
}

/// What is wrong with a provinces file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadProvinces {
    /// No TOML of the expected shape.
    #[error("the provinces file is not readable: {0}")]
    Syntax(String),
    /// The values don't fit together.
    #[error("the provinces file is wrong: {}", .0.join("; "))]
    Values(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    home: String,
    province: Vec<Province>,
}

/// The 21 northern provinces of the campaign, in the form of a provinces file.
pub const DEFAULT_21: &str = include_str!("../provinces.toml");

impl Provinces {
    /// The 21 northern provinces of the campaign.
    pub fn default_21() -> Self {
        Self::parse(DEFAULT_21).expect("the compiled-in provinces are right")
    }

    /// Reads a list in the form of `schemas/provinces.toml`.
    ///
    /// # Errors
    /// [`BadProvinces`] names everything that is wrong at once.
    pub fn parse(text: &str) -> Result<Self, BadProvinces> {
        let File { home, province: list } =
            toml::from_str(text).map_err(|e| BadProvinces::Syntax(e.message().to_owned()))?;
        let mut wrong = Vec::new();
        let (mut codes, mut slugs) = (HashSet::new(), HashSet::new());
        let sluggish = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        for Province {
            code,
            slug,
            name,
            partitions,
        } in &list
        {
            if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_digit()) {
                wrong.push(format!("{slug}: code must be two digits"));
            }
            if slug.is_empty() || slug.len() > 40 || !slug.bytes().all(sluggish) {
                wrong.push(format!(
                    "slug {slug:?} must be 1 to 40 characters of a-z, 0-9 and '-'"
                ));
            }
            if name.trim().is_empty() {
                wrong.push(format!("{slug}: name is empty"));
            }
            if !(1..=3).contains(partitions) {
                wrong.push(format!("{slug}: partitions must be 1 to 3"));
            }
            if !codes.insert(code) || !slugs.insert(slug) {
                wrong.push(format!("{slug} ({code}) is there twice"));
            }
        }
        if !slugs.contains(&home) {
            wrong.push(format!("home {home:?} is not in the list"));
        }
        if wrong.is_empty() {
            Ok(Self { home, list })
        } else {
            Err(BadProvinces::Values(wrong))
        }
    }

    /// The provinces, in the order of the file.
    pub fn iter(&self) -> std::slice::Iter<'_, Province> {
        self.list.iter()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.list.len()
    }

    /// The province the campaign is led from.
    pub fn home(&self) -> &str {
        &self.home
    }

    /// The province with this slug.
    pub fn by_slug(&self, slug: &str) -> Option<&Province> {
        self.list.iter().find(|province| province.slug == slug)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_21_provinces_led_from_dien_bien() {
        let provinces = Provinces::default_21();
        assert_eq!((provinces.count(), provinces.home()), (21, "dien-bien"));
        assert_eq!(
            provinces.by_slug("dien-bien").map(|p| p.code.as_str()),
            Some("11")
        );
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let text = "home = 'x'\n[[province]]\ncode = '1'\nslug = 'A'\nname = ''\npartitions = 9";
        let Err(BadProvinces::Values(faults)) = Provinces::parse(text) else {
            panic!("accepted")
        };
        assert_eq!(faults.len(), 5, "{faults:?}");
    }
}
