//! What a table of people is compared by: its columns, the keys that bring records together, and the
//! relatives that look alike.

use crate::compare::Comparator;

/// A column of the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in weights and explanations.
    pub name: String,
    /// How two values are compared.
    pub comparator: Comparator,
    /// Whom it tells apart.
    pub role: Role,
    /// Whether agreeing on a rare value says more than on a usual one.
    pub frequency: Frequency,
    /// Another column whose value may stand here by mistake.
    pub swaps_with: Option<usize>,
    /// It is made of an applicant's normalised fields, as the shipped weights know it: a column of the same
    /// name in another table is another column.
    pub of_applicant: bool,
}

/// Whom a column tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// One's own: given name, sex, numbers.
    Person,
    /// Of a birth: twins share it.
    Birth,
    /// Handed down: family name, ethnicity.
    Family,
    /// Of the parents: brothers and sisters share it.
    Parents,
    /// Of the household: address, telephone.
    Household,
}

impl Role {
    /// Every role by its name in a mapping.
    pub const ALL: [(&'static str, Self); 5] = [
        ("person", Self::Person),
        ("birth", Self::Birth),
        ("family", Self::Family),
        ("parents", Self::Parents),
        ("household", Self::Household),
    ];

    /// The role of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(known, _)| *known == name)
            .map(|&(_, role)| role)
    }
}

/// Whether the frequency of a value counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Frequency {
    /// Every value says the same.
    Ignored,
    /// By the value's share of all people.
    Overall,
    /// By its share of the people born in the same province.
    ByProvince,
}

/// Relatives that look alike on paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relatives {
    /// Born together.
    Twins,
    /// Of the same parents.
    Siblings,
    /// Of one household: father and son.
    Household,
}

impl Relatives {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Twins, Self::Siblings, Self::Household];

    /// Their name in files of weights.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Twins => "twins",
            Self::Siblings => "siblings",
            Self::Household => "household",
        }
    }

    /// Whether they agree on a column of this role as one person would.
    pub const fn share(self, role: Role) -> bool {
        match (self, role) {
            (_, Role::Person) => false,
            (Self::Twins, _) => true,
            (Self::Siblings, Role::Birth) => false,
            (Self::Siblings, _) => true,
            (Self::Household, Role::Family | Role::Household) => true,
            (Self::Household, Role::Birth | Role::Parents) => false,
        }
    }
}

/// A part of a blocking key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyPart {
    /// Index of the column.
    pub column: usize,
    /// What of its value.
    pub of: Part,
}

/// What of a value stands in a blocking key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of it: folded, for a text; a full day, for a date.
    Whole,
    /// The first word.
    First,
    /// The last word.
    Last,
    /// The first three letters.
    Start,
    /// The year of a date.
    Year,
    /// The province of birth.
    BirthProvince,
    /// The commune somebody lives in.
    Commune,
}

impl Part {
    /// Every part by its name in a mapping.
    pub const ALL: [(&'static str, Self); 7] = [
        ("whole", Self::Whole),
        ("first", Self::First),
        ("last", Self::Last),
        ("start", Self::Start),
        ("year", Self::Year),
        ("birth_province", Self::BirthProvince),
        ("commune", Self::Commune),
    ];

    /// Its name in a mapping.
    pub fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, it)| *it == self)
            .map_or("", |(name, _)| name)
    }

    /// Whether values of this comparator have such a part.
    pub const fn fits(self, comparator: Comparator) -> bool {
        match self {
            Self::Whole => true,
            Self::First | Self::Last | Self::Start => {
                matches!(comparator, Comparator::Name | Comparator::Text)
            }
            Self::Year => matches!(comparator, Comparator::Date),
            Self::BirthProvince | Self::Commune => matches!(comparator, Comparator::Abode),
        }
    }
}

/// A blocking key: records that agree on all its parts are compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(pub Vec<KeyPart>);

/// What records are compared by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    columns: Vec<Column>,
    starts: Vec<usize>,
    keys: Vec<Key>,
    /// The columns that rules speak of.
    pub(crate) ours: Ours,
}

/// Where a model has the columns of an applicant that rules speak of: never those of the same name in another
/// table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ours {
    pub personal_number: Option<usize>,
    pub father_number: Option<usize>,
    pub mother_number: Option<usize>,
    pub date_of_birth: Option<usize>,
    pub given_name: Option<usize>,
    pub abode: Option<usize>,
}

impl Ours {
    fn of(columns: &[Column]) -> Self {
        let at = |name: &str| {
            columns
                .iter()
                .position(|column| column.of_applicant && column.name == name)
        };
        Self {
            personal_number: at("personal_number"),
            father_number: at("father_number"),
            mother_number: at("mother_number"),
            date_of_birth: at("date_of_birth"),
            given_name: at("given_name"),
            abode: at("abode"),
        }
    }
}

impl Model {
    /// A model of these columns and keys.
    pub fn new(columns: Vec<Column>, keys: Vec<Key>) -> Self {
        let mut starts = vec![0];
        for column in &columns {
            starts.push(starts[starts.len() - 1] + column.comparator.width());
        }
        Self {
            ours: Ours::of(&columns),
            columns,
            starts,
            keys,
        }
    }

    /// Its columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Its blocking keys.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// Whether it has columns of applicants that relatives share: only of those is it known how relatives
    /// differ.
    pub fn has_relatives_of_applicants(&self) -> bool {
        let shared = |column: &Column| column.of_applicant && column.role != Role::Person;
        self.columns.iter().any(shared)
    }

    /// Where a column's slots lie in a record.
    pub fn slots(&self, column: usize) -> std::ops::Range<usize> {
        self.starts[column]..self.starts[column + 1]
    }

    /// How many slots a record has.
    pub fn width(&self) -> usize {
        self.starts[self.columns.len()]
    }

    /// A key as a mapping writes it: `surname + given:last + date_of_birth`.
    pub fn describe(&self, key: &Key) -> String {
        let parts = key.0.iter().map(|part| match part.of {
            Part::Whole => self.columns[part.column].name.clone(),
            of => format!("{}:{}", self.columns[part.column].name, of.name()),
        });
        parts.collect::<Vec<_>>().join(" + ")
    }

    /// Reads a key.
    ///
    /// # Errors
    /// What is wrong with it, and what may stand there.
    pub fn key(columns: &[Column], text: &str) -> Result<Key, String> {
        let part = |text: &str| {
            let (name, of) = text.rsplit_once(':').unwrap_or((text, Part::Whole.name()));
            let (name, of) = (name.trim(), of.trim());
            let column = columns.iter().position(|column| column.name == name);
            let column = column.ok_or_else(|| format!("no column {name:?}: there are {}", names(columns)))?;
            let comparator = columns[column].comparator;
            let fitting = || Part::ALL.iter().filter(|(_, part)| part.fits(comparator));
            let of = fitting().find(|(known, _)| *known == of).map(|&(_, part)| part);
            let of = of.ok_or_else(|| {
                let known: Vec<&str> = fitting().map(|(name, _)| *name).collect();
                let kind = comparator.name();
                format!(
                    "{name} has no such part: of a {kind} there are {}",
                    known.join(", ")
                )
            })?;
            Ok(KeyPart { column, of })
        };
        text.split('+')
            .map(|text| part(text.trim()))
            .collect::<Result<_, _>>()
            .map(Key)
    }
}

fn names(columns: &[Column]) -> String {
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    names.join(", ")
}
