//! A text with its name, kept so that errors can point into it.

use std::ops::Range;
use std::sync::Arc;

use miette::NamedSource;

use crate::error::Error;

/// The text of a topology or a session with its name.
#[derive(Clone, Debug)]
pub struct Text {
    name: Arc<str>,
    text: Arc<str>,
}

impl Text {
    /// `text`, which is called `name` in errors.
    pub fn new(name: &str, text: String) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// All of it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// It as an error shows it.
    pub fn source(&self) -> Arc<NamedSource<String>> {
        Arc::new(NamedSource::new(&self.name, self.text.to_string()).with_language("TOML"))
    }

    /// Name and line of the byte at `offset`, as `mine.toml:36`.
    pub fn place(&self, offset: usize) -> String {
        format!("{}:{}", self.name, self.line(offset))
    }

    /// Line of the byte at `offset`, the first being 1.
    pub fn line(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().get(..offset).unwrap_or(self.text.as_bytes());
        1 + before.iter().filter(|&&byte| byte == b'\n').count()
    }

    /// A topology that does not make sense here.
    pub(crate) fn error(&self, span: Range<usize>, what: String, help: String) -> Error {
        Error::Text { place: self.place(span.start), what, help, text: self.source(), span: span.into() }
    }
}
