//! Opening a snapshot and reading its rows.

use super::super::footer::Footer;
use super::super::refusal::Refusal;
use super::{DIGEST_BYTES, FORMAT, LONGEST, MAGIC, Summing, Writer};
use resolve::restore::{Fold, Key, Row};
use runtime::Fault;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

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
    pub(in super::super) fn copy(
        self,
        since: &mut Fold,
        writer: &mut Writer,
    ) -> Result<Result<(), Refusal>, Fault> {
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
