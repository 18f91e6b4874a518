//! Lines of a file or body, read without ever holding more than one of bounded length.

use std::io::{self, BufRead};

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Its bytes, without line end, byte order mark and surrounding blanks.
    Bytes(Vec<u8>),
    /// Nothing but blanks.
    Empty,
    /// More bytes than allowed; they were read past, not kept.
    TooLong,
}

/// A numbered line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbered {
    /// From 1.
    pub number: u64,
    /// What stands there.
    pub content: Content,
}

/// Reads lines of at most `limit` bytes.
pub struct Lines<R> {
    input: R,
    limit: usize,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    /// Lines of `input`, of at most `limit` bytes each.
    pub const fn of(input: R, limit: usize) -> Self {
        Self {
            input,
            limit,
            number: 0,
        }
    }

    fn read(&mut self) -> io::Result<Option<Content>> {
        let (mut line, mut too_long, mut any) = (Vec::new(), false, false);
        loop {
            let available = match self.input.fill_buf() {
                Err(fault) if fault.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            if available.is_empty() {
                break;
            }
            any = true;
            let end = available.iter().position(|&byte| byte == b'\n');
            let part = &available[..end.unwrap_or(available.len())];
            // Two more for the line end and blanks that are trimmed below.
            if too_long || line.len() + part.len() > self.limit + 2 {
                too_long = true;
                line = Vec::new();
            } else {
                line.extend_from_slice(part);
            }
            let used = part.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                break;
            }
        }
        Ok(any.then(|| self.content(line, too_long)))
    }

    fn content(&self, line: Vec<u8>, too_long: bool) -> Content {
        const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
        let first = self.number == 0;
        let text = line
            .strip_prefix(BYTE_ORDER_MARK)
            .filter(|_| first)
            .unwrap_or(&line);
        let text = text.trim_ascii();
        if too_long || text.len() > self.limit {
            Content::TooLong
        } else if text.is_empty() {
            Content::Empty
        } else if text.len() == line.len() {
            Content::Bytes(line)
        } else {
            Content::Bytes(text.to_vec())
        }
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Numbered>;

    fn next(&mut self) -> Option<Self::Item> {
        let content = self.read().transpose()?;
        Some(content.map(|content| {
            self.number += 1;
            Numbered {
                number: self.number,
                content,
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(input: &[u8]) -> Vec<Content> {
        let input = io::BufReader::with_capacity(3, input);
        Lines::of(input, 5)
            .map(|line| line.expect("read").content)
            .collect()
    }

    #[test]
    fn line_ends_marks_and_blanks_are_tolerated() {
        let bytes = |text: &str| Content::Bytes(text.into());
        assert_eq!(
            lines(b"\xEF\xBB\xBFa\r\n\r\n  \nbc"),
            [bytes("a"), Content::Empty, Content::Empty, bytes("bc")]
        );
        assert_eq!(lines(b"12345\r\n"), [bytes("12345")]);
        assert_eq!(lines(b""), []);
    }

    #[test]
    fn a_line_over_the_limit_is_passed_and_the_next_one_read() {
        assert_eq!(
            lines(b"123456\nab\n"),
            [Content::TooLong, Content::Bytes(b"ab".into())]
        );
        let long = [vec![b'x'; 1000], b"\nab".to_vec()].concat();
        assert_eq!(lines(&long), [Content::TooLong, Content::Bytes(b"ab".into())]);
    }
}
