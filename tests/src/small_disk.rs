//! A disk of the database's that can be filled up: a tablespace on a file system of its own.

use crate::{Database, Stack};
use secrecy::ExposeSecret;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const SIZE: &str = "16m";

/// A table's own small disk. Dropped, the file system is gone.
pub struct SmallDisk<'a> {
    database: &'a Database,
    table: &'static str,
    tablespace: String,
    folder: TempDir,
}

impl<'a> SmallDisk<'a> {
    /// Moves a table to one; none where this process may not mount a file system, or the server's superuser doesn't let
    /// us in.
    pub fn under(database: &'a Database, table: &'static str) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder is made");
        let options = format!("size={SIZE},uid=postgres,mode=0700");
        // The server's user goes through the folder above.
        let open = Command::new("chmod").arg("0711").arg(folder.path()).status();
        assert!(open.is_ok_and(|ended| ended.success()));
        let place = folder.path().join("disk");
        fs::create_dir(&place).expect("a folder is made");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(&place)
            .output();
        if !mounted.is_ok_and(|ended| ended.status.success()) {
            return None;
        }
        let tablespace = format!(
            "{}_small",
            database.value::<String>("SELECT current_database()::text")
        );
        let disk = Self {
            database,
            table,
            tablespace,
            folder,
        };
        let (name, owner) = (
            &disk.tablespace,
            database.value::<String>("SELECT current_user::text"),
        );
        let made = [
            format!(
                "CREATE TABLESPACE {name} OWNER {owner} LOCATION '{}'",
                place.display()
            ),
            format!("ALTER TABLE {table} SET TABLESPACE {name}"),
        ];
        let all = made.iter().all(|statement| disk.as_administrator(statement));
        all.then_some(disk)
    }

    fn as_administrator(&self, statement: &str) -> bool {
        let url = self.database.url();
        let (_, place) = url.expose_secret().rsplit_once('@').expect("a URL with a user");
        let ran = Command::new("psql")
            .args([
                "--dbname",
                &format!("postgres://postgres@{place}"),
                "--command",
                statement,
            ])
            .output();
        ran.is_ok_and(|ended| ended.status.success())
    }

    /// Takes all the room that is left.
    pub fn fill(&self) {
        let filled = fs::write(self.filling(), vec![0; 64 << 20]);
        assert!(filled.is_err(), "it is smaller than that");
    }

    /// Gives it back.
    pub fn make_room(&self) {
        fs::remove_file(self.filling()).expect("removed");
    }

    /// Moves the table back where it was.
    pub fn give_up(self) {
        let Self {
            database,
            table,
            tablespace,
            ..
        } = &self;
        database.execute(&format!("ALTER TABLE {table} SET TABLESPACE pg_default"));
        database.execute(&format!("DROP TABLESPACE {tablespace}"));
    }

    fn filling(&self) -> std::path::PathBuf {
        self.folder.path().join("disk/filling")
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        unmount(&self.folder.path().join("disk"));
    }
}

/// Removes those that killed tests have left, their databases being gone.
pub(crate) async fn sweep(stack: &Stack) {
    const LEFT: &str = "
        SELECT spcname::text, pg_tablespace_location(oid) FROM pg_tablespace WHERE spcname LIKE 'e2e\\_%\\_small'";
    let mut server = stack.connect("postgres").await;
    let left: Vec<(String, String)> = sqlx::query_as(LEFT)
        .fetch_all(&mut server)
        .await
        .expect("tablespaces are listed");
    for (tablespace, place) in left {
        stack.administer(format!("DROP TABLESPACE {tablespace}")).await;
        unmount(Path::new(&place));
    }
}

fn unmount(place: &Path) {
    let gone = Command::new("umount").arg("--lazy").arg(place).status();
    if !gone.is_ok_and(|ended| ended.success()) {
        eprintln!("{} stays mounted", place.display());
    }
}
