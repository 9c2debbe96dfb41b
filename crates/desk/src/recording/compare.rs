//! What a replay said, held against what was recorded.
//!
//! Messages are the same on both sides, so that each begins a group in both: its reply, and what was told until the next.
//!
//! ```text
//!   recorded   > < !   > <     > < !
//!   replayed   > <     > <     > < ! !
//!                  ▲                 ▲   differences
//! ```

use std::fmt;

use super::Recording;
use super::line::{Event, What};
use super::words::words;

/// Something that a replay said otherwise than the recording.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The number of the message, the first being 1; 0 before it.
    pub message: usize,
    /// The line of the session that it is about: of what was expected, else of the message.
    pub line: usize,
    /// The message in words.
    pub request: String,
    /// What the recording has, in words.
    pub expected: String,
    /// What the replay has, in words.
    pub got: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { message, line, request, expected, got } = self;
        writeln!(f, "message {message}, line {line}: {request}")?;
        writeln!(f, "  expected  {expected}")?;
        write!(f, "  got       {got}")
    }
}

/// What a replay said, and why where it was a refusal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Said {
    pub(super) event: Event,
    pub(super) why: Option<String>,
}

/// All differences, in the order of time.
pub(super) fn compare(recording: &Recording, said: &[Said]) -> Vec<Difference> {
    let recorded: Vec<_> = recording.events().filter(|(_, event)| event.what != What::End).collect();
    let recorded = groups(&recorded, |(_, event)| event);
    let said = groups(said, |said| &said.event);
    let none = &[][..];
    let each = recorded.iter().enumerate().flat_map(|(message, recorded)| {
        compare_group(message, recorded, said.get(message).copied().unwrap_or(none))
    });
    each.collect()
}

/// Cuts `all` before each request; what stands before the first is a group, too.
fn groups<T>(all: &[T], event: impl Fn(&T) -> &Event) -> Vec<&[T]> {
    let is_request = |n: &usize| all.get(*n).is_some_and(|item| matches!(event(item).what, What::Request(_)));
    let starts: Vec<usize> = std::iter::once(0).chain((0..all.len()).filter(is_request)).collect();
    let ends = starts.iter().skip(1).copied().chain([all.len()]);
    starts.iter().zip(ends).map(|(&start, end)| all.get(start..end).unwrap_or_default()).collect()
}

fn compare_group(message: usize, recorded: &[(usize, &Event)], said: &[Said]) -> Vec<Difference> {
    // Requests are the same.
    let requests = message.min(1);
    let request = recorded.first().filter(|_| message > 0);
    let about = request.map_or_else(|| "before it".to_owned(), |(_, event)| words(event));
    let place = request.map_or(1, |(line, _)| *line);
    let pairs = (requests..recorded.len().max(said.len())).map(|n| (recorded.get(n), said.get(n)));
    let differ =
        pairs.filter(|(recorded, said)| recorded.map(|(_, event)| *event) != said.map(|said| &said.event));
    let difference = |(recorded, said): (Option<&(usize, &Event)>, Option<&Said>)| {
        let (expected, got) = sides(recorded.map(|(_, event)| *event), said);
        let line = recorded.map_or(place, |(line, _)| *line);
        Difference { message, line, request: about.clone(), expected, got }
    };
    differ.map(difference).collect()
}

/// Both sides of a difference in words, which differ.
fn sides(expected: Option<&Event>, got: Option<&Said>) -> (String, String) {
    let (mut expected_words, mut got_words) = (side(expected), side(got.map(|said| &said.event)));
    if expected.is_none() && got.is_some_and(|said| matches!(said.event.what, What::Reply(_))) {
        expected_words = "no reply: the recording ends while this is being answered".to_owned();
    }
    if let (Some(expected), Some(got)) = (expected, got)
        && expected_words == got_words
        && let Some((here, there)) = other_byte(expected, &got.event)
    {
        expected_words += &here;
        got_words += &there;
    }
    if let Some(why) = got.and_then(|said| said.why.as_ref()) {
        got_words = format!("{got_words}: {why}");
    }
    (expected_words, got_words)
}

fn side(event: Option<&Event>) -> String {
    event.map_or_else(|| "nothing".to_owned(), timed)
}

/// In words; with its time where it has one of its own.
fn timed(event: &Event) -> String {
    match event.what {
        What::Request(_) | What::Reply(_) => words(event),
        _ => format!("at tick {}: {}", event.tick, words(event)),
    }
}

/// The first byte in which two messages differ that read the same.
fn other_byte(expected: &Event, got: &Event) -> Option<(String, String)> {
    let (expected, got) = (bytes(expected)?, bytes(got)?);
    let at = (0..expected.len().max(got.len())).find(|&at| expected.get(at) != got.get(at))?;
    let tell = |byte: Option<&u8>| match byte {
        Some(byte) => format!(", byte {at} is {byte:#04x}"),
        None => format!(", ends before byte {at}"),
    };
    Some((tell(expected.get(at)), tell(got.get(at))))
}

fn bytes(event: &Event) -> Option<&[u8]> {
    match &event.what {
        What::Request(bytes) | What::Reply(bytes) | What::Notification(bytes) => Some(bytes),
        What::Panic(_) | What::End => None,
    }
}
