//! A register with its roles, and a login for each that has nothing else.

use super::register;
use crate::fixture::database::Database;
use crate::register::Register;
use crate::roles::{Plan, Prefix};
use secrecy::{ExposeSecret, SecretString};
use sqlx::PgConnection;
use uuid::Uuid;

/// A register with its roles and a login for each, gone when the test is over.
pub(super) struct Guarded {
    pub database: Database,
    pub register: Register,
    prefix: String,
    names: Vec<String>,
}

impl Guarded {
    pub(super) async fn create() -> Self {
        let (database, register) = register().await;
        let mut guarded = Self {
            database,
            register,
            prefix: format!("t_{}_", &Uuid::new_v4().simple().to_string()[..12]),
            names: Vec::new(),
        };
        let mut conn = guarded.database.connect().await;
        guarded.grant(&mut conn).await;
        for role in [
            "sink", "match", "operator", "reviewer", "engineer", "reader", "auditor",
        ] {
            let (role, login) = (guarded.name(role), guarded.name(&format!("{role}_login")));
            run(&mut conn, &format!("CREATE ROLE {login} LOGIN IN ROLE {role}")).await;
            guarded.names.push(login);
        }
        guarded
    }

    /// Gives every role its rights, and no others.
    pub(super) async fn grant(&mut self, conn: &mut PgConnection) {
        let prefix: Prefix = self.prefix.parse().expect("a prefix");
        let plan = Plan::make(&mut *conn, &prefix).await.expect("a plan");
        plan.execute(conn).await.expect("granted");
        self.names.extend(
            plan.roles
                .into_iter()
                .filter(|(_, is_new)| *is_new)
                .map(|(name, _)| name),
        );
    }

    /// A role's name, or a login's.
    pub(super) fn name(&self, role: &str) -> String {
        format!("{}{role}", self.prefix)
    }

    /// The register as somebody with this role alone sees it.
    pub(super) fn as_member(&self, role: &str) -> Register {
        let url = self.database.url();
        let (_, place) = url.expose_secret().rsplit_once('@').expect("a URL with a user");
        let url: SecretString = format!("postgres://{}@{place}", self.name(&format!("{role}_login"))).into();
        Register::new(&url).expect("a URL")
    }

    async fn remove_roles(&self) {
        let mut conn = self.database.connect().await;
        for name in self.names.iter().rev() {
            for statement in [
                format!("GRANT {name} TO CURRENT_USER"),
                format!("DROP OWNED BY {name}"),
                format!("DROP ROLE {name}"),
            ] {
                run(&mut conn, &statement).await;
            }
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        let runtime = || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime")
        };
        // A runtime can't be entered from within another one's thread.
        std::thread::scope(|scope| {
            scope.spawn(|| runtime().block_on(self.remove_roles()));
        });
    }
}

pub(super) async fn run(conn: &mut PgConnection, statement: &str) {
    sqlx::query(statement).execute(conn).await.expect("ran");
}
