//! The file: magic and format, a frame for each row, a footer, a checksum.
//!
//! A frame is its length (4 bytes, little endian; 0 ends the rows), then, in postcard's encoding, the row's key, its
//! order, and the row. Behind the footer stand its length and the SHA-256 of everything before.

use super::footer::Footer;
use super::refusal::Refusal;
use resolve::restore::{Fold, Key, Row};
use runtime::Fault;
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

const MAGIC: [u8; 8] = *b"INTAKEMS";
/// The form of the file and of a row; schemas of the values in it are told by the footer.
const FORMAT: u32 = 1;
const DIGEST_BYTES: u64 = 32;
/// A frame at most: a row holds an event or a match log entry of at most 1 MiB, and what was found of it.
const LONGEST: usize = 16 << 20;

/// A snapshot that was opened; whether it is whole is known when its rows have been read.
#[derive(Debug)]
pub struct Snapshot {
    pub path: PathBuf,
    pub footer: Footer,
    file: File,
}

impl Snapshot {
    /// Opens a file and reads its footer.
    ///
    /// # Errors
    /// Why it can't be restored from.
    pub fn open(path: &Path) -> Result<Self, Refusal> {
        let mut file = File::open(path)?;
        let mut head = [0; 12];
        file.read_exact(&mut head)?;
        let (magic, format) = head.split_at(MAGIC.len());
        if magic != MAGIC {
            return Err(Refusal::Broken("it is no snapshot"));
        }
        let written = u32::from_le_bytes(format.try_into().unwrap_or_default());
        if written != FORMAT {
            let known = FORMAT;
            return Err(Refusal::Format { written, known });
        }
        let length = file.metadata()?.len();
        let end = length
            .checked_sub(DIGEST_BYTES + 4)
            .ok_or(Refusal::Broken("it ends too early"))?;
        file.seek(SeekFrom::Start(end))?;
        let footer_bytes = read_length(&mut file)?;
        let begin = end
            .checked_sub(footer_bytes as u64)
            .ok_or(Refusal::Broken("its end is damaged"))?;
        file.seek(SeekFrom::Start(begin))?;
        let footer = read_exactly(&mut file, footer_bytes)?;
        let footer: Footer =
            postcard::from_bytes(&footer).map_err(|_| Refusal::Broken("its end is damaged"))?;
        if footer.schemas != Footer::schemas() {
            return Err(Refusal::Foreign(
                "a version with other schemas of changes wrote it".to_owned(),
            ));
        }
        Ok(Self {
            path: path.to_owned(),
            footer,
            file,
        })
    }

    /// Reads all rows. What `each` was given counts only when this ends well.
    ///
    /// # Errors
    /// Why it can't be restored from.
    pub fn each_row(self, mut each: impl FnMut(Row)) -> Result<(), Refusal> {
        self.each_frame(|_, _, frame| {
            let (_, row): ((Key, i64), &[u8]) =
                postcard::take_from_bytes(frame).map_err(|_| Refusal::Broken("a row is damaged"))?;
            each(postcard::from_bytes(row).map_err(|_| Refusal::Broken("a row is damaged"))?);
            Ok(())
        })
    }

    /// Hands the rows that `since` doesn't replace to `writer` as they are.
    ///
    /// # Errors
    /// Why the file isn't usable, inside a fault of writing.
    pub(super) fn copy(self, since: &mut Fold, writer: &mut Writer) -> Result<Result<(), Refusal>, Fault> {
        let mut failed = None;
        let read = self.each_frame(|key, order, frame| {
            if !since.replaces(key, order)
                && let Err(fault) = writer.frame(frame)
            {
                failed = Some(fault);
                return Err(Refusal::Unreadable("the next one can't be written".to_owned()));
            }
            Ok(())
        });
        failed.map_or(Ok(read), Err)
    }

    fn each_frame(
        mut self,
        mut each: impl FnMut(&Key, i64, &[u8]) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        self.file.seek(SeekFrom::Start(0))?;
        let length = self.file.metadata()?.len() - DIGEST_BYTES;
        let mut reader = Summing {
            inner: BufReader::with_capacity(1 << 20, self.file).take(length),
            sum: Sha256::new(),
        };
        read_exactly(&mut reader, MAGIC.len() + 4)?;
        let mut rows = 0;
        loop {
            let length = read_length(&mut reader)?;
            if length == 0 {
                break;
            }
            let frame = read_exactly(&mut reader, length)?;
            let ((key, order), _): ((Key, i64), &[u8]) =
                postcard::take_from_bytes(&frame).map_err(|_| Refusal::Broken("a row is damaged"))?;
            each(&key, order, &frame)?;
            rows += 1;
        }
        std::io::copy(&mut reader, &mut std::io::sink())?;
        let mut digest = [0; DIGEST_BYTES as usize];
        reader.inner.into_inner().read_exact(&mut digest)?;
        if reader.sum.finalize()[..] != digest || rows != self.footer.rows {
            return Err(Refusal::Broken("its checksum is wrong"));
        }
        Ok(())
    }
}

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

    fn frame(&mut self, frame: &[u8]) -> Result<(), Fault> {
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

fn read_length(from: &mut impl Read) -> Result<usize, Refusal> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length) as usize;
    if length > LONGEST {
        return Err(Refusal::Broken("a row is damaged"));
    }
    Ok(length)
}

fn read_exactly(from: &mut impl Read, length: usize) -> Result<Vec<u8>, Refusal> {
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Sums up what passes.
struct Summing<T> {
    inner: T,
    sum: Sha256,
}

impl<T: Read> Read for Summing<T> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(into)?;
        self.sum.update(&into[..read]);
        Ok(read)
    }
}

impl<T: Write> Write for Summing<T> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.sum.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::super::footer::Reached;
    use super::*;
    use resolve::Waiting;
    use resolve::restore::{Place, Registration};
    use schemas::change::{
        ApplicationState, ApplicationStatus, LedgerState, MatchEdge, MatchRules, NodeState, ResidentStatus,
        ReviewState, ReviewStatus,
    };
    use schemas::match_log::SourcePosition;
    use schemas::{Epoch, NodeId, Timestamp};
    use std::os::unix::fs::PermissionsExt;
    use uuid::Uuid;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn node() -> NodeId {
        NodeId::parse("dien-bien-01").expect("an id")
    }

    fn epoch() -> Epoch {
        id(7)
    }

    fn application(n: u128, sequence: i64) -> Row {
        Row::Application {
            sequence,
            resident_id: Some(id(2)),
            state: ApplicationState {
                application_id: id(n),
                revision: 1,
                status: ApplicationStatus::Loaded,
                stage: 3,
                event_id: id(3),
                appended_at: Timestamp(2),
                first_appended_at: Timestamp(1),
                event: vec![9; 700],
                ruleset: "vn-1".to_owned(),
                changes: Vec::new(),
                findings: Vec::new(),
                verifications: Vec::new(),
            },
        }
    }

    fn one_of_each() -> Vec<Row> {
        let link = schemas::Sha256([3; 32]);
        let (by, reason) = ("a.admin".to_owned(), "2026-17".to_owned());
        vec![
            Row::Step(12),
            Row::Source(SourcePosition {
                topic: "intake.applications.dien-bien".to_owned(),
                partition: 2,
                offset: 9,
            }),
            Row::Node {
                sequence: 1,
                state: NodeState {
                    node_id: node(),
                    province: Some("dien-bien".to_owned()),
                    public_key: Some(vec![1; 32]),
                    retired: false,
                    by: by.clone(),
                    reason: None,
                },
            },
            Row::Registration(Registration {
                sequence: 1,
                entry_id: id(1),
                node_id: node(),
                retired: false,
                logged_at: Timestamp(5),
            }),
            Row::Entry {
                sequence: 2,
                entry_id: id(4),
            },
            Row::Rules {
                sequence: 3,
                rules: MatchRules {
                    version: "vn-2".to_owned(),
                    weights: "x = 1".to_owned(),
                    link: 0.99,
                    review: 0.1,
                    by: by.clone(),
                    reason: reason.clone(),
                },
            },
            Row::Books {
                sequence: 4,
                node_id: node(),
                epoch: epoch(),
                state: LedgerState::default(),
            },
            Row::Place(Place {
                sequence: 4,
                event_id: id(5),
                node_id: node(),
                epoch: epoch(),
                province: "dien-bien".to_owned(),
                node_sequence: 1,
                link,
                open_link: Some(link),
            }),
            Row::Waiting(Waiting {
                event_sequence: 5,
                application_id: id(6),
                event_id: id(7),
                node_id: node(),
                epoch: epoch(),
                node_sequence: 2,
                province: "dien-bien".to_owned(),
                revision: None,
                entry: vec![1, 2],
            }),
            Row::HeldEntry {
                event_sequence: 6,
                entry: vec![3],
            },
            Row::Released {
                event_sequence: 7,
                sequence: 8,
            },
            application(8, 9),
            Row::Resident {
                sequence: 9,
                resident_id: id(2),
                status: ResidentStatus::Provisional,
                redirect_to: Some(id(1)),
                members: vec![id(8)],
            },
            Row::Edge {
                sequence: 9,
                edge: MatchEdge {
                    left: id(1),
                    right: id(8),
                    rule: "vn-2".to_owned(),
                    weight_millibits: -1,
                    accepted: true,
                },
            },
            Row::Review {
                sequence: 9,
                state: ReviewState {
                    left: id(1),
                    right: id(8),
                    status: ReviewStatus::Same,
                    weight_millibits: 7,
                    opened: 8,
                    by: Some(by),
                    reason: Some(reason),
                },
            },
        ]
    }

    fn footer() -> Footer {
        Footer {
            schemas: Footer::schemas(),
            cluster_id: "c".to_owned(),
            topic: "register.changes".to_owned(),
            reached: vec![Reached {
                partition: 0,
                next: 3,
                witness: None,
            }],
            sequence: 12,
            rows: 0,
        }
    }

    fn written(folder: &Path, rows: &[Row]) -> PathBuf {
        let name = folder.join("one.snapshot");
        let mut writer = Writer::begin(folder.join("one.part")).expect("begun");
        rows.iter().for_each(|row| writer.row(row).expect("written"));
        writer.finish(footer(), &name).expect("finished");
        name
    }

    fn read(path: &Path) -> Result<Vec<Row>, Refusal> {
        let mut rows = Vec::new();
        Snapshot::open(path)?.each_row(|row| rows.push(row))?;
        Ok(rows)
    }

    #[test]
    fn each_kind_of_row_comes_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = written(folder.path(), &one_of_each());
        assert_eq!(read(&path).expect("read"), one_of_each());
        let mode = path.metadata().expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(Snapshot::open(&path).expect("opened").footer.rows, 15);
    }

    #[test]
    fn a_byte_that_was_changed_or_cut_off_anywhere_is_found() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = written(folder.path(), &one_of_each());
        let whole = std::fs::read(&path).expect("read");
        for at in 0..whole.len() {
            let mut other = whole.clone();
            other[at] ^= 0x10;
            std::fs::write(&path, &other).expect("written");
            assert!(read(&path).is_err(), "byte {at} of {} was changed", whole.len());
        }
        for length in [0, 5, 12, 40, whole.len() / 2, whole.len() - 1] {
            std::fs::write(&path, &whole[..length]).expect("written");
            assert!(read(&path).is_err(), "{length} bytes of {}", whole.len());
        }
    }

    #[test]
    fn another_format_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = written(folder.path(), &[Row::Step(1)]);
        let mut bytes = std::fs::read(&path).expect("read");
        bytes[8] = 9;
        std::fs::write(&path, bytes).expect("written");
        let (written, known) = (9, FORMAT);
        assert_eq!(read(&path), Err(Refusal::Format { written, known }));
    }

    #[test]
    fn the_next_one_keeps_what_nothing_replaces() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = written(folder.path(), &one_of_each());
        let mut since = Fold::default();
        since.take(application(8, 13));
        for event_sequence in [5, 6] {
            since.take(Row::Released {
                event_sequence,
                sequence: 13,
            });
        }
        let mut writer = Writer::begin(folder.path().join("two.part")).expect("begun");
        let base = Snapshot::open(&path).expect("opened");
        base.copy(&mut since, &mut writer)
            .expect("written")
            .expect("whole");
        let next = folder.path().join("two.snapshot");
        writer.finish(footer(), &next).expect("finished");
        let mut expected = one_of_each();
        expected.retain(|row| {
            !matches!(
                row,
                Row::Waiting(_) | Row::HeldEntry { .. } | Row::Application { .. }
            )
        });
        assert_eq!(read(&next).expect("read"), expected);
    }
}
