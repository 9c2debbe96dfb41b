//! The one kind of string in a topology: 44 bytes, of which a zero ends the text.

use core::fmt;

/// Bytes of a string field, its end included.
pub const NAME_LEN: usize = 44;

/// A string field with all its bytes, also those behind the end of the text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Name(pub(crate) [u8; NAME_LEN]);

impl Name {
    /// No text.
    pub const EMPTY: Self = Self([0; NAME_LEN]);

    /// `text`, unless it is longer than 43 bytes or has a zero in it.
    pub fn new(text: &str) -> Option<Self> {
        let mut bytes = [0; NAME_LEN];
        let fits = text.len() < NAME_LEN && !text.contains('\0');
        bytes.get_mut(..text.len()).filter(|_| fits)?.copy_from_slice(text.as_bytes());
        Some(Self(bytes))
    }

    /// A field of these bytes, unless they are no UTF-8 text with a zero behind it.
    pub fn from_bytes(bytes: [u8; NAME_LEN]) -> Option<Self> {
        let end = bytes.iter().position(|&byte| byte == 0)?;
        str::from_utf8(bytes.get(..end)?).ok()?;
        Some(Self(bytes))
    }

    /// All bytes, also those behind the end of the text.
    pub fn bytes(&self) -> &[u8; NAME_LEN] {
        &self.0
    }

    /// The text: empty where it isn't one, which [`Topology::parse`](crate::Topology::parse) rules out.
    pub fn as_str(&self) -> &str {
        text(&self.0)
    }
}

/// What a string field says. Empty if that is no text.
pub(crate) fn text(bytes: &[u8]) -> &str {
    bytes.split(|&byte| byte == 0).next().and_then(|text| str::from_utf8(text).ok()).unwrap_or_default()
}

/// The string field at byte `offset`.
pub(crate) fn text_at(bytes: &[u8], offset: usize) -> &str {
    bytes.get(offset..offset + NAME_LEN).map_or("", text)
}

impl Default for Name {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
