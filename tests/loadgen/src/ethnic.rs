//! Ethnic groups: their shares by province, and the names usual in each.

use crate::places::{Places, ProvinceIndex};
use crate::random::{Draws, Weighted};
use std::sync::LazyLock;

/// Sex, as the personal number encodes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Sex {
    Male,
    Female,
}

impl Sex {
    /// The other one.
    pub fn opposite(self) -> Self {
        match self {
            Sex::Male => Sex::Female,
            Sex::Female => Sex::Male,
        }
    }
}

/// An ethnic group and the parts of its names. Villages are named in its language too.
#[derive(Debug)]
pub struct Group {
    /// As written on forms. Example: Mông
    pub name: &'static str,
    pub(crate) surnames: Weighted<&'static str>,
    middle: [Weighted<&'static str>; 2],
    given: [Weighted<&'static str>; 2],
    pub(crate) villages: Weighted<&'static str>,
}

impl Group {
    pub(crate) fn middle(&self, sex: Sex) -> &Weighted<&'static str> {
        &self.middle[sex as usize]
    }

    pub(crate) fn given(&self, sex: Sex) -> &Weighted<&'static str> {
        &self.given[sex as usize]
    }
}

/// Every group, and how likely each is in each province.
#[derive(Debug)]
pub struct Groups {
    groups: Vec<Group>,
    by_province: Vec<Weighted<u8>>,
}

static GROUPS: LazyLock<Groups> = LazyLock::new(|| {
    let groups = read_names(include_str!("../data/names.txt"));
    let by_province = read_shares(include_str!("../data/ethnic_shares.txt"), &groups);
    Groups { groups, by_province }
});

impl Groups {
    /// The compiled-in groups.
    pub fn all() -> &'static Self {
        &GROUPS
    }

    /// A group as likely as its share of the province's population.
    pub(crate) fn in_province(&'static self, province: ProvinceIndex, draws: &mut Draws) -> &'static Group {
        &self.groups[usize::from(self.by_province[usize::from(province)].pick(draws))]
    }
}

fn content(table: &'static str) -> impl Iterator<Item = &'static str> {
    table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
}

/// Lines `group / part / value:weight, value, …`, the parts of one group together.
fn read_names(table: &'static str) -> Vec<Group> {
    let part = |group: &str, part: &str| {
        let found = content(table).find_map(|line| {
            let mut columns = line.split(" / ");
            (columns.next() == Some(group) && columns.next() == Some(part))
                .then(|| columns.next())
                .flatten()
        });
        Weighted::new(
            found
                .into_iter()
                .flat_map(|values| values.split(", ").enumerate())
                .map(weighted),
        )
    };
    let like = |group: &str| {
        content(table)
            .find_map(|line| line.strip_prefix(group)?.strip_prefix(" / like / "))
            .unwrap_or("Kinh")
    };
    let own_or_like = |group: &'static str, name: &str| {
        let mut from = group;
        loop {
            let values = part(from, name);
            if !values.is_empty() || from == "Kinh" {
                return values;
            }
            from = like(from);
        }
    };
    let mut names: Vec<_> = content(table)
        .filter_map(|line| line.split(" / ").next())
        .collect();
    names.dedup();
    let group = |name| Group {
        name,
        surnames: own_or_like(name, "surname"),
        middle: [own_or_like(name, "middle-m"), own_or_like(name, "middle-f")],
        given: [own_or_like(name, "given-m"), own_or_like(name, "given-f")],
        villages: own_or_like(name, "village"),
    };
    names.into_iter().map(group).collect()
}

/// "Lò:210" is Lò with weight 210; a bare name weighs less the later it stands.
fn weighted((rank, entry): (usize, &'static str)) -> (&'static str, u32) {
    let by_rank = 1000 / (rank as u32 + 4);
    match entry.rsplit_once(':') {
        Some((value, weight)) => weight.parse().map_or((entry, by_rank), |weight| (value, weight)),
        None => (entry, by_rank),
    }
}

/// Lines `province: group:per-mille, …`; what is missing to 1,000 is Kinh.
fn read_shares(table: &'static str, groups: &[Group]) -> Vec<Weighted<u8>> {
    let shares = |code: &str| {
        let listed = content(table).find_map(|line| line.strip_prefix(code)?.strip_prefix(": "));
        let mut shares: Vec<(u8, u32)> = listed
            .into_iter()
            .flat_map(|values| values.split(", ").enumerate())
            .map(weighted)
            .map(|(name, share)| {
                let at = groups.iter().position(|group| group.name == name);
                (at.expect("a group with a share has names") as u8, share)
            })
            .collect();
        let others: u32 = shares.iter().map(|&(_, share)| share).sum();
        let kinh = groups
            .iter()
            .position(|group| group.name == "Kinh")
            .expect("the Kinh are a group");
        shares.push((kinh as u8, 1000 - others));
        Weighted::new(shares)
    };
    Places::all()
        .provinces()
        .iter()
        .map(|province| shares(province.code))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_has_every_part_of_a_name() {
        assert!(Groups::all().groups.len() >= 18);
        for group in &Groups::all().groups {
            for sex in [Sex::Male, Sex::Female] {
                assert!(
                    !group.middle(sex).is_empty() && !group.given(sex).is_empty(),
                    "{}",
                    group.name
                );
            }
            assert!(
                !group.surnames.is_empty() && !group.villages.is_empty(),
                "{}",
                group.name
            );
        }
    }

    #[test]
    fn village_numbers_are_not_weights_of_kinh_villages() {
        let kinh = &Groups::all().groups[0];
        let mut draws = Draws::keyed(1, crate::random::Purpose::Facts, 1);
        let numbered = (0..500).any(|_| kinh.villages.pick(&mut draws) == "Thôn 1");
        assert!(numbered, "'Thôn 1' is a name");
    }
}
