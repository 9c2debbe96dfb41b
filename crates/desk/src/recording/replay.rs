//! Drives a fresh runtime with a recorded session, in virtual time.

use std::fmt;
use std::path::Path;

use crate::arena::Arena;
use crate::ends::{Ends, Failure, Medium, Source};
use crate::error::Error;
use crate::executor::{Executor, Lost};
use crate::modules::with_stand_in;
use crate::target::{Reply, Target};
use headroom_module::instance::ComponentId;
use headroom_module::{Format, ModuleEntry};
use headroom_topology::{Input, Signal, SignalShape};

use super::compare::{Said, compare};
use super::line::{Event, Played, What};
use super::tape::bytes_of;
use super::{Difference, Recording};

/// How a replay went.
#[derive(Clone, PartialEq, Debug)]
pub struct Replay {
    /// Messages that were sent.
    pub messages: usize,
    /// Ticks that were run.
    pub ticks: u64,
    /// What was played into each source.
    pub sources: Vec<Feed>,
    /// Whether the recording has an end; one without broke off.
    pub is_whole: bool,
    /// Whatever was not as recorded.
    pub differences: Vec<Difference>,
}

/// What a replay plays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Feed {
    /// The signal of the session.
    Signal,
    /// A file in place of the recorded one.
    File,
    /// Silence in place of the recorded file.
    Silence,
}

impl fmt::Display for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Signal => "the signal of the session",
            Self::File => "the file that was given, which has the format and length of the session's",
            Self::Silence => "silence, as a session has not the file that was played; `-i FILE` plays it",
        })
    }
}

/// Ticks between two reports of progress.
const PROGRESS_TICKS: u64 = 50;

/// Sends all messages of `recording` at their times to a runtime of its own, with `input` in place of the file that was
/// played, and compares what comes back. Modules are looked up in `modules`. `progress` is called now and then with ticks, and all that will be.
///
/// # Errors
/// The session needs a module, a platform or a file that is not there. That replies differ is no error.
pub fn replay(
    recording: &Recording,
    input: Option<&Path>,
    modules: &[ModuleEntry],
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Replay, Error> {
    let head = &recording.head;
    let modules = rows(&head.modules, modules)?;
    let (mut media, mut feeds) = (Vec::new(), Vec::new());
    for (copier, medium, feed) in self::media(&head.sources, input)? {
        media.push((copier, medium));
        feeds.push(feed);
    }
    let mut arena = Arena::of_pages(head.pool.profile, head.pool.pages)?;
    let pool = arena.pool()?;
    let target =
        Target::new(head.platform, &pool, &modules, Executor::VirtualTime).map_err(|error| Error::Desk {
            what: format!("no runtime can be made as the session has it: {error}"),
            help: "correct its `platform` and `pool` lines, or record it again".to_owned(),
        })?;
    let mut drive = Drive { target, ends: Ends::replayed(media), ticks: 0, said: Vec::new() };
    drive.all(recording, progress);
    let Drive { ends, ticks, said, .. } = drive;
    if let (Some(Failure { why, .. }), Some(path)) = (ends.failure(), input) {
        let help = "check the file with another program".to_owned();
        return Err(headroom_audio::Error::Input { path: path.to_owned(), why: why.clone(), help }.into());
    }
    let messages = said.iter().filter(|said| matches!(said.event.what, What::Request(_))).count();
    let is_whole = recording.events().last().is_some_and(|(_, event)| event.what == What::End);
    Ok(Replay { messages, ticks, sources: feeds, is_whole, differences: compare(recording, &said) })
}

/// The rows that the session names, of those that this build has.
fn rows(named: &[(u16, String)], modules: &[ModuleEntry]) -> Result<Vec<ModuleEntry>, Error> {
    let rows = with_stand_in(modules);
    let row = |(id, name): &(u16, String)| {
        // A firmware has its own ids.
        let known = rows.iter().find(|entry| entry.name == name);
        known.map(|entry| ModuleEntry { module: *id, ..*entry }).ok_or_else(|| Error::Desk {
            what: format!("the session has a module `{name}` with the id {id:#x}, this build has none"),
            help: "replay it with the version of Headroom that recorded it".to_owned(),
        })
    };
    named.iter().map(row).collect()
}

/// What lies behind a copier, and what it is told of as.
type Fed = (ComponentId, Medium, Feed);

/// What is played into each source; `input` takes the place of the first file.
fn media(sources: &[(u32, Played)], input: Option<&Path>) -> Result<Vec<Fed>, Error> {
    let first_file = sources.iter().position(|(_, played)| matches!(played, Played::File { .. }));
    let fed = |(n, (copier, played)): (usize, &(u32, Played))| {
        let (source, feed) = source(*played, input.filter(|_| first_file.unwrap_or(0) == n))?;
        // As a message has it: the instance above the module.
        let [a, b, instance, _] = copier.to_le_bytes();
        let copier = ComponentId::new(u16::from_le_bytes([a, b]), instance);
        Ok((copier, Medium::Source(source), feed))
    };
    sources.iter().enumerate().map(fed).collect()
}

/// What is played: what the session played where it says so, else what stands in for it.
fn source(played: Played, input: Option<&Path>) -> Result<(Source, Feed), Error> {
    match (played, input) {
        (Played::Signal(signal), None) => Ok((Source::open(&Input::Signal(signal))?, Feed::Signal)),
        (Played::File { format, .. }, None) => {
            // A signal without frames, and silence after it.
            let (rate, channels, samples) = (format.rate(), format.channels() as u8, format.samples());
            let nothing =
                Signal { shape: SignalShape::Chirp, rate, channels, samples, frames: 0, level_db: 0.0 };
            Ok((Source::open(&Input::Signal(nothing))?, Feed::Silence))
        }
        (Played::File { format, frames }, Some(path)) => {
            let source = Source::open(&Input::File(path.to_owned()))?;
            same_stream(path, &source, format, frames)?;
            Ok((source, Feed::File))
        }
        (Played::Signal(_), Some(path)) => Err(headroom_audio::Error::Input {
            path: path.to_owned(),
            why: "the session played a built-in signal, not a file".to_owned(),
            help: "leave out `-i`".to_owned(),
        }
        .into()),
    }
}

/// Another file would make another session of it.
fn same_stream(path: &Path, source: &Source, format: Format, frames: u64) -> Result<(), Error> {
    if source.format() == Ok(format) && source.frames() == frames {
        return Ok(());
    }
    let is = source.format().map_or_else(|error| error.to_string(), |format| format.to_string());
    Err(headroom_audio::Error::Input {
        path: path.to_owned(),
        why: format!(
            "it has {is} and {} frames, the session played a file of {format} and {frames} frames",
            source.frames()
        ),
        help: "name the file that was played, or none for silence".to_owned(),
    }
    .into())
}

struct Drive<'scope, 'env, 'm> {
    target: Target<'scope, 'env, 'm>,
    ends: Ends,
    ticks: u64,
    said: Vec<Said>,
}

impl<'scope, 'm: 'scope> Drive<'scope, '_, 'm> {
    /// Everything that was recorded, at its time; it ends where a module panics.
    fn all(&mut self, recording: &Recording, progress: &mut dyn FnMut(u64, u64)) {
        let last = recording.events().last().map_or(0, |(_, event)| event.tick);
        for (_, event) in recording.events() {
            while self.ticks < event.tick {
                if !self.tick() {
                    return;
                }
                if self.ticks.is_multiple_of(PROGRESS_TICKS) {
                    progress(self.ticks, last);
                }
            }
            if let What::Request(bytes) = &event.what {
                self.send(bytes);
            }
        }
        progress(last, last);
    }

    fn send(&mut self, message: &[u8]) {
        self.say(What::Request(message.to_owned()), None);
        let Reply { bytes, reason, .. } = self.target.send(message);
        self.ends.follow(&self.target);
        self.say(What::Reply(bytes), reason.map(|reason| reason.to_string()));
        self.take_happenings();
    }

    /// Whether all modules survived the next tick.
    fn tick(&mut self) -> bool {
        let index = self.ticks;
        self.ticks += 1;
        self.ends.fill(&mut self.target, index);
        self.target.tick(index);
        self.ends.drain(&mut self.target, index);
        if let Err(lost) = self.target.run_jobs(index) {
            let (Lost::Panicked(component) | Lost::NoThread(component, _)) = lost;
            self.say(What::Panic(component.word()), None);
            return false;
        }
        self.take_happenings();
        true
    }

    fn take_happenings(&mut self) {
        while let Some(happening) = self.target.take_happening() {
            if let Some(notification) = happening.notification {
                self.say(What::Notification(bytes_of(&notification)), Some(happening.said));
            }
        }
    }

    fn say(&mut self, what: What, why: Option<String>) {
        self.said.push(Said { event: Event { tick: self.ticks, what }, why });
    }
}
