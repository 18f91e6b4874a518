//! The file: magic and format, a frame for each row, a footer, a checksum.
//!
//! A frame is its length (4 bytes, little endian; 0 ends the rows), then, in postcard's encoding, the row's key, its
//! order, and the row. Behind the footer stand its length and the SHA-256 of everything before.

mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::Snapshot;
pub use write::Writer;

use sha2::{Digest, Sha256};
use std::io::{Read, Write};

const MAGIC: [u8; 8] = *b"INTAKEMS";
/// The form of the file and of a row; schemas of the values in it are told by the footer.
const FORMAT: u32 = 1;
const DIGEST_BYTES: u64 = 32;
/// A frame at most: a row holds an event or a match log entry of at most 1 MiB, and what was found of it.
const LONGEST: usize = 16 << 20;

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
