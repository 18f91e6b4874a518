//! A file that has its name only when it is whole.

use super::{avro, ndjson};
use runtime::Fault;
use runtime::kafka::Record;
use std::fs::{File, OpenOptions};
use std::io::BufWriter;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// What the file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// An Avro object container file.
    Avro,
    /// A line of JSON for each record.
    Ndjson,
}

/// An open file of either kind.
pub(super) enum Open {
    Avro(Box<avro::Container>),
    Ndjson(BufWriter<File>),
}

/// Where the file is written, and what it will be called.
#[derive(Debug)]
pub(super) struct Aside {
    path: PathBuf,
    part: PathBuf,
}

impl Aside {
    /// Beside `path`, which must not be there.
    pub(super) fn of(path: &Path) -> Result<Self, Fault> {
        if path.exists() {
            return Err(Fault::data(format!(
                "{} is there already: name another file",
                path.display()
            )));
        }
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        Ok(Self {
            path: path.to_owned(),
            part: part.into(),
        })
    }

    /// Begins it anew; what an earlier copy left behind is gone. Only its owner may read it.
    pub(super) fn open(&self, format: Format) -> Result<Open, Fault> {
        match std::fs::remove_file(&self.part) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(self.trouble(&error)),
            _ => {}
        }
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&self.part)
            .map_err(|e| self.trouble(&e))?;
        Ok(match format {
            Format::Avro => Open::Avro(Box::new(avro::Container::new(BufWriter::new(file))?)),
            Format::Ndjson => Open::Ndjson(BufWriter::new(file)),
        })
    }

    /// Gives it its name, once all of it is on the disk. Never takes the place of a file that came meanwhile.
    pub(super) fn keep(&self, file: Open) -> Result<(), Fault> {
        let buffered = match file {
            Open::Avro(container) => container.finish()?,
            Open::Ndjson(file) => file,
        };
        let file = buffered.into_inner().map_err(|e| self.trouble(e.error()))?;
        file.sync_all().map_err(|e| self.trouble(&e))?;
        std::fs::hard_link(&self.part, &self.path)
            .and_then(|()| std::fs::remove_file(&self.part))
            .map_err(|e| self.trouble(&e))?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))
            .and_then(|folder| folder.sync_all())
            .map_err(|e| self.trouble(&e))
    }

    fn trouble(&self, error: &std::io::Error) -> Fault {
        Fault::fatal(format!("can't write {}: {error}", self.part.display()))
    }
}

impl Open {
    /// Adds a record.
    pub(super) fn write(&mut self, record: Record) -> Result<(), Fault> {
        match self {
            Self::Avro(container) => container.write(record),
            Self::Ndjson(file) => ndjson::write(file, &record),
        }
    }
}
