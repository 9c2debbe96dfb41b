//! Findings as text: what repeats is summed up, so that one line doesn't hide another.

use super::{Code, Finding, Severity};
use crate::words;

const WIDTH: usize = 100;
/// How many findings of one code are told one by one.
const FEW: usize = 3;

/// Findings of one file, to be told.
#[derive(Clone, Copy, Debug)]
pub struct Report<'f> {
    /// What was found.
    pub findings: &'f [Finding],
    /// The file, as the reader called it.
    pub file: &'f str,
    /// Whether all findings are told, or many of one kind as one.
    pub detail: Detail,
}

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// More than three findings of one code are one line.
    Summed,
    /// Each finding by itself.
    All,
}

impl Report<'_> {
    /// A line with the numbers, then the findings with their remedies.
    pub fn text(&self) -> String {
        let mut text = format!("{}: {}\n", self.file, self.counts());
        let mut groups: Vec<_> = self.findings.chunk_by(|a, b| a.code.id == b.code.id).collect();
        // The worst first; findings are in the order of their codes.
        groups.sort_by_key(|group| group.first().map(|first| std::cmp::Reverse(first.code.severity)));
        for group in groups {
            let Some(first) = group.first() else { continue };
            let Code { id, severity, title, remedy, .. } = *first.code;
            text += &format!("  {severity:7} {id}  {title}\n");
            match self.detail {
                Detail::Summed if group.len() > FEW => text += &summed(group),
                _ => group.iter().for_each(|Finding { place, what, .. }| {
                    text += &indented(&format!("{place}: {what}"));
                }),
            }
            text += &indented(&format!("-> {remedy}"));
        }
        text
    }

    fn counts(&self) -> String {
        let of = |severity| self.findings.iter().filter(|finding| finding.code.severity == severity).count();
        let kinds = [Severity::Error, Severity::Warning, Severity::Note];
        let counts = kinds.map(|severity| (of(severity), severity.to_string()));
        let told: Vec<_> =
            counts.iter().filter(|(n, _)| *n > 0).map(|(n, name)| words::count(*n, name)).collect();
        if told.is_empty() { "nothing found".into() } else { told.join(", ") }
    }
}

/// One of the group as an example, and how many more there are.
fn summed(group: &[Finding]) -> String {
    let Some(Finding { place, what, .. }) = group.first() else { return String::new() };
    indented(&format!("{place}: {what}"))
        + &indented(&format!("and {} more like it (--all lists them)", group.len() - 1))
}

fn indented(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().map(String::from).collect();
    words::wrap(&words, " ", "                 ", WIDTH)
}

impl Code {
    /// What the code means, in full.
    pub fn text(&self) -> String {
        let words = |text: &str| {
            let words: Vec<_> = text.split_whitespace().map(String::from).collect();
            words::wrap(&words, " ", "  ", WIDTH)
        };
        let Self { id, severity, title, why, remedy } = *self;
        format!("{id}, {severity}: {title}\n{}{}", words(why), words(&format!("Remedy: {remedy}.")))
    }
}
