//! The bytes of a message as text: its two header words as numbers, its payload as it lies in memory.
//!
//! ```text
//!   12010000 00000000                          header only
//!   44000006 30000018 | 00000000 0000a000      and payload, four bytes to a group
//!   | 120100                                   less than a header
//! ```

use std::fmt;

/// Bytes of the two header words.
const HEADER: usize = 8;

/// Bytes between two blanks.
const GROUP: usize = 4;

/// Shows bytes as text.
pub(super) struct Hex<'a>(pub(super) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((header, payload)) = self.0.split_at_checked(HEADER) else { return bytes(f, self.0) };
        for word in header.chunks_exact(4) {
            f.write_str(" ")?;
            word.iter().rev().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        }
        if payload.is_empty() { Ok(()) } else { bytes(f, payload) }
    }
}

fn bytes(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    f.write_str(" |")?;
    for group in bytes.chunks(GROUP) {
        f.write_str(" ")?;
        group.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
    }
    Ok(())
}

/// The bytes that `text` shows; lenient about blanks. `None` if it shows none.
pub(super) fn parse(text: &str) -> Option<Vec<u8>> {
    let (header, payload) = match text.split_once('|') {
        Some((header, payload)) => (header, payload),
        None => (text, ""),
    };
    let mut all: Vec<u8> = Vec::new();
    for word in header.split_whitespace() {
        all.extend(u32::from_str_radix(word, 16).ok()?.to_le_bytes());
    }
    let is_header = matches!(all.len(), 0 | HEADER);
    let is_something = !all.is_empty() || text.contains('|');
    all.extend(digits(payload)?);
    (is_header && is_something).then_some(all)
}

fn digits(text: &str) -> Option<Vec<u8>> {
    let half = |c: char| c.to_digit(16).map(|value| value as u8);
    let halves: Option<Vec<u8>> = text.chars().filter(|c| *c != ' ').map(half).collect();
    let halves = halves?;
    let pairs = halves.chunks_exact(2);
    pairs.remainder().is_empty().then(|| pairs.map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn header_words_are_numbers_and_payloads_are_bytes() {
        let message = [6, 0, 0, 0x44, 0x18, 0, 0, 0x30, 1, 2, 3, 4, 0xAB];
        let cases: [(&[u8], &str); 5] = [
            (&message[..8], " 44000006 30000018"),
            (&message, " 44000006 30000018 | 01020304 ab"),
            (&message[..7], " | 06000044 180000"),
            (&message[..1], " | 06"),
            (&[], " |"),
        ];
        for (bytes, text) in cases {
            assert_eq!((Hex(bytes).to_string().as_str(), parse(text).as_deref()), (text, Some(bytes)));
        }
    }

    #[test]
    fn what_is_no_message_is_refused() {
        for text in
            ["", "44000006", "44000006 3 1", "4400000g 0", "0 0 | 1", "0 0 | xy", "0 0 | é", "0 0 | 1 | 2"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn all_bytes_come_back(bytes: Vec<u8>) {
            prop_assert_eq!(parse(&Hex(&bytes).to_string()), Some(bytes));
        }
    }
}
