//! What weighs beside the pair itself: how many applications there are, how many of them belong together, and how usual
//! names are. Match counts it all as it goes; here it is counted from the register, from a sample where that is large.

use linkage::{Dictionary, Frequencies, Model, Prior, Record, Weights, applicant, count_person};
use schemas::Field;
use sink::DatabaseFault;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};

/// Residents that names are counted among.
const SAMPLE: f64 = 100_000.0;

/// The people that a pair is one of.
pub(super) struct Population {
    pub(super) dictionary: Dictionary,
    pub(super) frequencies: Frequencies,
    /// Applications that belong to residents; about, where the register is larger than the sample.
    pub(super) records: i64,
    /// What weighs before anything is compared.
    pub(super) prior: Prior,
    /// Residents that were looked at.
    pub(super) sampled: usize,
}

const RECORDS: &str = "
    SELECT (SELECT count(*) FROM application WHERE resident_id IS NOT NULL)
         - (SELECT count(*) FROM erased JOIN application a ON a.application_id = erased.id)";

/// How many rows there are as the server's statistics have it; none are known before the first ANALYZE.
const RESIDENTS: &str = "SELECT reltuples::float8 FROM pg_class WHERE oid = 'resident'::regclass";

/// The fields that make the columns whose values are counted.
const COUNTED: [Field; 11] = [
    Field::FullName,
    Field::Surname,
    Field::MiddleName,
    Field::GivenName,
    Field::BirthProvince,
    Field::BirthCommune,
    Field::PermanentCommune,
    Field::CurrentCommune,
    Field::FatherName,
    Field::MotherName,
    Field::SpouseName,
];

/// Blocks are chosen by the same seed each time, so that what is told twice is told alike.
const RESIDENT: &str = "
    SELECT full_name, surname, middle_name, given_name, birth_province, birth_commune, permanent_commune,
           current_commune, father_name, mother_name, spouse_name, cardinality(members)
      FROM resident TABLESAMPLE SYSTEM ($1) REPEATABLE (1)
     WHERE status IN ('active', 'provisional')
     LIMIT $2";

/// Counts the people in the register.
pub(super) async fn count(
    conn: &mut PgConnection,
    model: &Model,
    weights: &Weights,
) -> Result<Population, DatabaseFault> {
    let residents: f64 = sqlx::query_scalar(RESIDENTS).fetch_one(&mut *conn).await?;
    let percent = (100.0 * SAMPLE / residents.max(1.0)).min(100.0) as f32;
    let rows: Vec<PgRow> = sqlx::query(RESIDENT)
        .bind(percent)
        .bind(SAMPLE as i64)
        .fetch_all(&mut *conn)
        .await?;
    let mut population = Population {
        dictionary: Dictionary::default(),
        frequencies: Frequencies::default(),
        records: 0,
        prior: Prior::live(weights, 0.0, 0.0),
        sampled: rows.len(),
    };
    let (mut applications, mut linked) = (0.0, 0.0);
    for row in &rows {
        let members = f64::from(row.try_get::<i32, _>(COUNTED.len())?);
        applications += members;
        linked += members * (members - 1.0);
        population.add(model, row)?;
    }
    let share = if applications > 0.0 {
        linked / applications
    } else {
        0.0
    };
    // Where the statistics are behind, the sample is cut short, and its share isn't known.
    let records = if rows.len() < SAMPLE as usize {
        (applications * 100.0 / f64::from(percent)).round()
    } else {
        sqlx::query_scalar::<_, i64>(RECORDS).fetch_one(conn).await? as f64
    };
    population.records = records as i64;
    population.prior = Prior::live(weights, share * records, records);
    Ok(population)
}

impl Population {
    fn add(&mut self, model: &Model, row: &PgRow) -> Result<(), DatabaseFault> {
        let mut values = [None; COUNTED.len()];
        for (n, value) in values.iter_mut().enumerate() {
            *value = row.try_get::<Option<&str>, _>(n)?;
        }
        let get = |field: Field| {
            let at = COUNTED.iter().position(|counted| *counted == field)?;
            values[at].filter(|value| !value.is_empty())
        };
        let mut record = Record::default();
        applicant::fill(model, &mut self.dictionary, get, &mut record);
        count_person(model, &mut self.frequencies, &record.slots, true);
        Ok(())
    }
}
