//! The tables of both sides of a replay, and where they differ.
//!
//! The control says what the register says without the replay: of a slice, the rows that were kept when it began; of a rebuild,
//! the register itself, but for what was changed behind the last step that the shadow has.

use super::plan::{Plan, Scope};
use schemas::Field;

/// Both sides.
#[derive(Clone, Debug)]
pub(super) struct Tables {
    control: String,
    shadow: String,
    is_slice: bool,
}

/// A table of states, by its key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Controlled {
    table: &'static str,
    key: &'static str,
}

const RESIDENT: Controlled = Controlled {
    table: "resident",
    key: "resident_id",
};
const APPLICATION: Controlled = Controlled {
    table: "application",
    key: "application_id",
};

impl Controlled {
    /// The keys of all rows.
    pub(super) fn ids(self) -> String {
        format!("SELECT {} FROM {}", self.key, self.table)
    }

    /// Keeps the register's rows of these keys in another schema.
    pub(super) fn kept_in(self, schema: &str) -> String {
        let Self { table, key } = self;
        format!("CREATE TABLE {schema}.{table} AS SELECT * FROM {table} WHERE {key} = ANY ($1)")
    }
}

/// Of an event: its outcome now and why.
const OUTCOME: &str = "
    SELECT e.sequence AS event_sequence, e.application_id, COALESCE(o.outcome, e.outcome)::text AS outcome,
           CASE WHEN o.event_sequence IS NULL THEN e.findings ELSE o.findings END AS findings";

impl Tables {
    pub(super) const CONTROLLED: [Controlled; 2] = [RESIDENT, APPLICATION];

    /// Keeps the outcomes of these events in another schema.
    pub(super) fn outcomes_kept_in(schema: &str) -> String {
        format!(
            "CREATE TABLE {schema}.outcome AS {OUTCOME} \
               FROM intake_event e LEFT JOIN event_outcome o ON o.event_sequence = e.sequence \
              WHERE e.sequence = ANY ($1)"
        )
    }

    /// The sides of a replay; `live` is the register's schema.
    pub(super) fn of(plan: &Plan, live: &str) -> Self {
        let is_slice = matches!(plan.scope, Scope::Slice(_));
        Self {
            control: if is_slice {
                plan.control_schema()
            } else {
                live.to_owned()
            },
            shadow: plan.schema(),
            is_slice,
        }
    }

    /// The control's schema.
    pub(super) fn control(&self) -> &str {
        &self.control
    }

    /// Residents that say something else on both sides, each as JSON. $1 is the last step that is compared.
    pub(super) fn residents(&self) -> String {
        let golden = Field::ALL.iter().map(|field| field.name());
        let columns: Vec<&str> = ["status::text", "stage", "members", "provenance::text"]
            .into_iter()
            .chain(golden)
            .collect();
        self.differing(RESIDENT, &columns, "status::text IN ('active', 'provisional')")
    }

    /// Applications that say something else on both sides.
    pub(super) fn applications(&self) -> String {
        let columns = [
            "revision",
            "status::text",
            "stage",
            "resident_id",
            "event_id",
            "changes::text",
            "findings::text",
            "verifications::text",
        ];
        self.differing(APPLICATION, &columns, "true")
    }

    fn differing(&self, Controlled { table, key }: Controlled, columns: &[&str], counts: &str) -> String {
        let Self { control, shadow, .. } = self;
        let named = |column: &str| column.split(':').next().unwrap_or(column).to_owned();
        let listed = |side: &str| {
            let each: Vec<String> = columns
                .iter()
                .map(|column| format!("{side}.{}", named(column)))
                .collect();
            each.join(", ")
        };
        let selected: Vec<String> = columns
            .iter()
            .map(|column| format!("{column} AS {}", named(column)))
            .collect();
        let selected = selected.join(", ");
        format!(
            "SELECT COALESCE(c.{key}, s.{key}) AS id, to_jsonb(c)::text AS control, to_jsonb(s)::text AS shadow \
               FROM (SELECT {key}, {selected} FROM {control}.{table} WHERE {counts} AND sequence <= $1) AS c \
               FULL JOIN (SELECT {key}, {selected} FROM {shadow}.{table} AS own \
                           WHERE {counts} AND NOT EXISTS (SELECT FROM {control}.{table} AS later \
                                                           WHERE later.{key} = own.{key} AND later.sequence > $1)) AS s \
                 USING ({key}) \
              WHERE c.{key} IS NULL OR s.{key} IS NULL OR ({c}) IS DISTINCT FROM ({s}) \
              ORDER BY 1",
            c = listed("c"),
            s = listed("s"),
        )
    }

    /// Events whose outcome or findings differ.
    pub(super) fn outcomes(&self) -> String {
        let Self {
            control,
            shadow,
            is_slice,
        } = self;
        let (left, right) = if *is_slice {
            (
                format!("SELECT * FROM {control}.outcome"),
                format!("SELECT event_sequence, outcome::text, findings FROM {shadow}.event_outcome"),
            )
        } else {
            let of = |schema: &str| {
                format!(
                    "{OUTCOME} FROM {schema}.intake_event e \
                       LEFT JOIN {schema}.event_outcome o ON o.event_sequence = e.sequence \
                      WHERE e.sequence <= $1 AND e.source_offset IS NOT NULL \
                        AND COALESCE(o.sequence, e.sequence) <= $1"
                )
            };
            (of(control), of(shadow))
        };
        format!(
            "SELECT event_sequence, c.application_id, c.outcome AS before, s.outcome AS after, \
                    c.findings::text AS found_before, s.findings::text AS found_after \
               FROM ({left}) AS c JOIN ({right}) AS s USING (event_sequence) \
              WHERE $1 >= 0 AND (c.outcome, c.findings) IS DISTINCT FROM (s.outcome, s.findings) \
              ORDER BY event_sequence"
        )
    }

    /// Steps that the register hasn't loaded yet, though the shadow has them.
    pub(super) fn not_loaded(&self) -> Option<String> {
        let Self { control, shadow, .. } = self;
        (!self.is_slice).then(|| {
            format!(
                "SELECT count(*) FROM {shadow}.intake_event s \
                  WHERE NOT EXISTS (SELECT FROM {control}.intake_event c WHERE c.sequence = s.sequence)"
            )
        })
    }

    /// Rows that were changed behind the last step that is compared.
    pub(super) fn changed_since(&self) -> String {
        let Self { control, .. } = self;
        format!(
            "SELECT (SELECT count(*) FROM {control}.resident WHERE sequence > $1) \
                  + (SELECT count(*) FROM {control}.application WHERE sequence > $1)"
        )
    }
}
