//! The compiled tables in memory.

use crate::title::Kind;
use crate::{Level, State, UnitCode};

/// A unit's place in the table.
pub(crate) type Id = u16;

/// One unit of one state.
pub(crate) struct Record {
    pub(crate) code: UnitCode,
    pub(crate) state: State,
    pub(crate) kind: Kind,
    pub(crate) name: &'static str,
    bare_name: &'static str,
    pub(crate) province: Id,
    pub(crate) district: Option<Id>,
    heirs: (u32, u32),
}

impl Record {
    /// The name without its kind: `Him Lam`.
    pub(crate) const fn bare_name(&self) -> &'static str {
        self.bare_name
    }
}

/// A former or other name of a commune, known only in its folded form.
pub(crate) struct Alias {
    pub(crate) kind: Kind,
    pub(crate) key: &'static str,
    pub(crate) unit: Id,
}

/// Every unit, what became of it, and other names.
pub(crate) struct Tables {
    pub(crate) units: Vec<Record>,
    pub(crate) aliases: Vec<Alias>,
    heirs: Vec<Id>,
    across: Vec<u128>,
    codes: [Codes; 3],
}

/// The units of a state by the number of their code.
#[derive(Default)]
struct Codes {
    provinces: Vec<Option<Id>>,
    districts: Vec<Option<Id>>,
    communes: Vec<Option<Id>>,
}

impl Codes {
    fn of(&self, level: Level) -> &Vec<Option<Id>> {
        match level {
            Level::Province => &self.provinces,
            Level::District => &self.districts,
            Level::Commune => &self.communes,
        }
    }

    fn insert(&mut self, code: UnitCode, id: Id) {
        let codes = match code.level() {
            Level::Province => &mut self.provinces,
            Level::District => &mut self.districts,
            Level::Commune => &mut self.communes,
        };
        let at = usize::from(code.number());
        if codes.len() <= at {
            codes.resize(at + 1, None);
        }
        codes[at] = Some(id);
    }
}

const UNITS: &str = include_str!("../data/units.tsv");
const ALIASES: &str = include_str!("../data/aliases.tsv");

impl Tables {
    /// Parses the compiled tables.
    ///
    /// # Panics
    /// If a table isn't what `tests/tables.rs` made of the raw files.
    pub(crate) fn load() -> Self {
        let mut tables = Self {
            units: Vec::with_capacity(26_000),
            aliases: Vec::new(),
            heirs: Vec::with_capacity(40_000),
            across: Vec::new(),
            codes: Default::default(),
        };
        let mut moved = Vec::with_capacity(26_000);
        for line in UNITS.lines() {
            moved.push(tables.push(line).expect("a line of the compiled table of units"));
        }
        for (id, codes) in moved.into_iter().enumerate() {
            tables.inherit(id, codes);
        }
        tables.gather_districts();
        tables.look_across();
        tables.aliases = tables.load_aliases();
        tables
    }

    fn load_aliases(&self) -> Vec<Alias> {
        let alias = |line: &'static str| {
            let mut columns = line.split('\t');
            Some(Alias {
                kind: Kind::of_alias(columns.next()?),
                key: columns.next()?,
                unit: self.by_code(UnitCode::parse(columns.next()?)?, State::Of63)?,
            })
        };
        ALIASES
            .lines()
            .map(|line| alias(line).expect("a line of the compiled table of aliases"))
            .collect()
    }

    /// Adds a unit and returns the codes of the units it went to. Provinces come before districts, these
    /// before communes.
    fn push(&mut self, line: &'static str) -> Option<&'static str> {
        let mut columns = line.split('\t');
        let state = State::since(columns.next()?)?;
        let code = UnitCode::parse(columns.next()?)?;
        let around = UnitCode::parse(columns.next()?).and_then(|code| self.by_code(code, state));
        let name = columns.next()?;
        let id = Id::try_from(self.units.len()).ok()?;
        let (province, district) = match around.map(|id| (id, &self.units[usize::from(id)])) {
            Some((around, unit)) if unit.code.level() == Level::District => (unit.province, Some(around)),
            Some((around, _)) => (around, (code.level() == Level::District).then_some(id)),
            None => (id, None),
        };
        self.codes[state as usize].insert(code, id);
        let kind = Kind::of(name)?;
        self.units.push(Record {
            code,
            state,
            kind,
            name,
            bare_name: kind.strip_from(name),
            province,
            district,
            heirs: (0, 0),
        });
        columns.next()
    }

    fn inherit(&mut self, id: usize, codes: &str) {
        let begin = self.heirs.len();
        if self.units[id].state == State::Today {
            self.heirs.push(id as Id);
        }
        for code in codes.split(' ').filter_map(UnitCode::parse) {
            let heir = self.by_code(code, State::Today);
            self.heirs.push(heir.expect("a unit of today"));
        }
        self.units[id].heirs = (begin as u32, self.heirs.len() as u32);
    }

    /// A district went where its communes went.
    fn gather_districts(&mut self) {
        let mut gathered: Vec<Vec<Id>> = Vec::new();
        gathered.resize_with(self.units.len(), Vec::new);
        for (id, unit) in self.units.iter().enumerate() {
            if let Some(district) = unit.district.map(usize::from).filter(|&district| district != id) {
                for heir in self.heirs(id as Id) {
                    if !gathered[district].contains(heir) {
                        gathered[district].push(*heir);
                    }
                }
            }
        }
        for (id, heirs) in gathered
            .into_iter()
            .enumerate()
            .filter(|(_, heirs)| !heirs.is_empty())
        {
            let begin = self.heirs.len();
            self.heirs.extend(heirs);
            self.units[id].heirs = (begin as u32, self.heirs.len() as u32);
        }
    }

    fn look_across(&mut self) {
        let mut across = vec![0; self.units.len()];
        for (id, unit) in self
            .units
            .iter()
            .enumerate()
            .filter(|(_, unit)| unit.state != State::Today)
        {
            let own = 1 << self.unit(unit.province).code.number();
            for &heir in self.heirs(id as Id) {
                across[usize::from(heir)] |= own;
                across[id] |= 1 << self.unit(self.unit(heir).province).code.number();
            }
        }
        self.across = across;
    }

    /// Of a unit of today the provinces of the 63 it got land from; of an older one the provinces of today
    /// its land went to. A bit for each code.
    pub(crate) fn across(&self, id: Id) -> u128 {
        self.across[usize::from(id)]
    }

    /// The unit of a code in a state.
    pub(crate) fn by_code(&self, code: UnitCode, state: State) -> Option<Id> {
        let codes = self.codes[state as usize].of(code.level());
        codes.get(usize::from(code.number())).copied().flatten()
    }

    pub(crate) fn unit(&self, id: Id) -> &Record {
        &self.units[usize::from(id)]
    }

    /// The units of today that a unit went to.
    pub(crate) fn heirs(&self, id: Id) -> &[Id] {
        let (begin, end) = self.unit(id).heirs;
        &self.heirs[begin as usize..end as usize]
    }

    /// Adds the units of today that a unit went to, each once.
    pub(crate) fn add_heirs(&self, id: Id, heirs: &mut Vec<Id>) {
        for heir in self.heirs(id) {
            if !heirs.contains(heir) {
                heirs.push(*heir);
            }
        }
    }
}
