//! Lines of any bytes, of bounded length.

use std::io::{BufRead, Read, Result};

/// The longest line that is read. An application with every field at its limit is a tenth of that.
const LONGEST: usize = 4 << 20;

/// One line, without its end.
#[derive(Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// Its text.
    Text(&'a str),
    /// It is no UTF-8.
    NotUtf8,
    /// It is longer than what is read.
    TooLong,
}

/// Hands each line to `answer`, with the bytes that were read of the input so far.
pub fn each(mut input: impl BufRead, mut answer: impl FnMut(Line<'_>, u64) -> Result<()>) -> Result<()> {
    let (mut bytes, mut read) = (Vec::new(), 0);
    loop {
        bytes.clear();
        let taken = input
            .by_ref()
            .take(LONGEST as u64 + 1)
            .read_until(b'\n', &mut bytes)?;
        if taken == 0 {
            return Ok(());
        }
        read += taken as u64;
        if taken > LONGEST && !bytes.ends_with(b"\n") {
            read += skip_line(&mut input)?;
            answer(Line::TooLong, read)?;
            continue;
        }
        let line = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        answer(std::str::from_utf8(line).map_or(Line::NotUtf8, Line::Text), read)?;
    }
}

/// Reads on to the next line; the bytes that were skipped.
fn skip_line(input: &mut impl BufRead) -> Result<u64> {
    let mut skipped = 0;
    loop {
        let ready = input.fill_buf()?;
        let end = ready.iter().position(|&byte| byte == b'\n');
        let used = end.map_or(ready.len(), |end| end + 1);
        input.consume(used);
        skipped += used as u64;
        if end.is_some() || used == 0 {
            return Ok(skipped);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_answered_whatever_it_is() {
        let long = "x".repeat(LONGEST + 10);
        let exact = "y".repeat(LONGEST);
        let text = [
            b"a\r\n\n\xff\n",
            long.as_bytes(),
            b"\n",
            exact.as_bytes(),
            b"\nlast",
        ]
        .concat();
        let mut seen = Vec::new();
        let mut end = 0;
        each(text.as_slice(), |line, read| {
            seen.push(match line {
                Line::Text(text) => format!("{}:{}", text.len(), text.chars().next().unwrap_or('-')),
                other => format!("{other:?}"),
            });
            end = read;
            Ok(())
        })
        .expect("read");
        let exact = format!("{LONGEST}:y");
        assert_eq!(seen, ["1:a", "0:-", "NotUtf8", "TooLong", exact.as_str(), "4:l"]);
        assert_eq!(end, text.len() as u64);
    }
}
