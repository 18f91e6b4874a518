//! Writing a snapshot.

use super::super::footer::Footer;
use super::{FORMAT, LONGEST, MAGIC, Summing};
use resolve::restore::Row;
use runtime::Fault;
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Writes a snapshot beside where it will be.
pub struct Writer {
    path: PathBuf,
    out: Summing<BufWriter<File>>,
    rows: u64,
    sequence: i64,
}

impl Writer {
    /// Begins a file that only its user may read.
    ///
    /// # Errors
    /// Transient when it can't be written: the disk may have room again.
    pub fn begin(path: PathBuf) -> Result<Self, Fault> {
        let begun = || {
            let file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&path)?;
            let mut out = Summing {
                inner: BufWriter::with_capacity(1 << 20, file),
                sum: Sha256::new(),
            };
            out.write_all(&MAGIC)?;
            out.write_all(&FORMAT.to_le_bytes())?;
            Ok(out)
        };
        let out = begun().map_err(|fault| unwritable(&path, &fault))?;
        Ok(Self {
            path,
            out,
            rows: 0,
            sequence: 0,
        })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// Transient when it can't be written.
    pub fn row(&mut self, row: &Row) -> Result<(), Fault> {
        let frame = postcard::to_stdvec(&((row.key(), row.order()), row))
            .map_err(|_| Fault::fatal("a row can't be put into a snapshot"))?;
        if let Row::Step(sequence) = row {
            self.sequence = self.sequence.max(*sequence);
        }
        self.frame(&frame)
    }

    /// Adds a row in the form that it has in a file.
    pub(super) fn frame(&mut self, frame: &[u8]) -> Result<(), Fault> {
        if frame.is_empty() || frame.len() > LONGEST {
            return Err(Fault::fatal("a row is too long for a snapshot"));
        }
        let length = (frame.len() as u32).to_le_bytes();
        let written = self
            .out
            .write_all(&length)
            .and_then(|()| self.out.write_all(frame));
        self.rows += 1;
        written.map_err(|fault| unwritable(&self.path, &fault))
    }

    /// The last step of the rows that were added.
    pub const fn sequence(&self) -> i64 {
        self.sequence
    }

    /// Ends the file, puts it on disk and gives it its name.
    ///
    /// # Errors
    /// Transient when it can't be written.
    pub fn finish(mut self, footer: Footer, name: &Path) -> Result<(), Fault> {
        let footer = Footer {
            rows: self.rows,
            ..footer
        };
        let mut end = || -> std::io::Result<()> {
            let footer = postcard::to_stdvec(&footer).map_err(std::io::Error::other)?;
            self.out.write_all(&0_u32.to_le_bytes())?;
            self.out.write_all(&footer)?;
            self.out.write_all(&(footer.len() as u32).to_le_bytes())?;
            let digest = self.out.sum.finalize_reset();
            self.out.inner.write_all(&digest)?;
            self.out.inner.flush()?;
            self.out.inner.get_ref().sync_all()?;
            std::fs::rename(&self.path, name)?;
            File::open(name.parent().unwrap_or(name))?.sync_all()
        };
        end().map_err(|fault| unwritable(name, &fault))
    }
}

fn unwritable(path: &Path, fault: &std::io::Error) -> Fault {
    Fault::transient(format!(
        "the snapshot {} can't be written: {fault}; its folder needs room and must belong to match's user",
        path.display()
    ))
}
