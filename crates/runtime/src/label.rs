//! A short name that is plain data: it can come from another machine, where no `&'static str` of this one is.

use core::fmt;
use core::ops::Deref;

/// At most [`Label::MOST`] bytes of text; what is longer is cut.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Label {
    /// Only the first `len` count; the others are 0.
    bytes: [u8; Label::MOST],
    len: u8,
}

impl Label {
    /// Bytes of the longest one.
    pub const MOST: usize = 31;

    /// `text`, or the front of it that fits, in whole characters.
    pub fn new(text: &str) -> Self {
        let len = text.floor_char_boundary(Self::MOST);
        let mut bytes = [0; Self::MOST];
        bytes[..len].copy_from_slice(&text.as_bytes()[..len]);
        Self { bytes, len: len as u8 }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        // Whole characters, so that this never falls back.
        self.bytes.get(..self.len.into()).and_then(|text| str::from_utf8(text).ok()).unwrap_or_default()
    }
}

impl From<&str> for Label {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl Deref for Label {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq<str> for Label {
    fn eq(&self, text: &str) -> bool {
        self.as_str() == text
    }
}

impl PartialEq<&str> for Label {
    fn eq(&self, text: &&str) -> bool {
        self.as_str() == *text
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::Label;

    #[test]
    fn a_label_is_its_text_as_far_as_it_fits() {
        let long = "0123456789012345678901234567890é";
        for (text, kept) in [("", ""), ("src", "src"), (long, &long[..31]), (&long[1..], &long[1..31])] {
            assert_eq!(Label::new(text), kept);
        }
        assert_eq!(Label::new(&long[2..]), &long[2..], "a character at the end that fits");
    }
}
