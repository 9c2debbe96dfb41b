//! Writes a session to its file while it happens, line by line, so that the file tells all until whatever ended it.

use std::fs::File;
use std::io::{self, LineWriter, Write};
use std::path::{Path, PathBuf};

use headroom_ipc4::Notification;
use headroom_module::ModuleEntry;
use headroom_module::instance::ComponentId;
use headroom_runtime::Platform;

use crate::error::Error;

use super::FIRST;
use super::line::{Event, Line, Played, Pool, What};

/// A session file that is being written, or nothing.
pub(crate) struct Tape {
    file: Option<(LineWriter<File>, PathBuf)>,
    tick: u64,
}

/// What stands in front of the first message.
pub(crate) struct Label<'a> {
    /// What was run, for who reads.
    pub(crate) about: String,
    pub(crate) platform: Platform,
    pub(crate) pool: Pool,
    pub(crate) modules: &'a [ModuleEntry],
    /// What is played, by the copier that it comes in at.
    pub(crate) sources: Vec<(ComponentId, Played)>,
}

impl Tape {
    /// Begins the session in `path`; without one nothing is written.
    pub(crate) fn begin(path: Option<&Path>, label: &Label<'_>) -> Result<Self, Error> {
        let Some(path) = path else { return Ok(Self { file: None, tick: 0 }) };
        let file = File::create(path).map_err(|error| failed(path, &error))?;
        let mut tape = Self { file: Some((LineWriter::new(file), path.to_owned())), tick: 0 };
        tape.text(&FIRST)?;
        tape.comment(&label.about)?;
        tape.text(&Line::Platform(label.platform))?;
        tape.text(&Line::Pool(label.pool))?;
        for driver in label.modules {
            tape.text(&Line::Module { id: driver.module, name: driver.name.to_owned() })?;
        }
        for (copier, played) in &label.sources {
            tape.text(&Line::Source { copier: copier.word(), played: *played })?;
        }
        Ok(tape)
    }

    /// From here on `tick` ticks have been begun.
    pub(crate) fn at(&mut self, tick: u64) {
        self.tick = tick;
    }

    /// Something for who reads.
    pub(crate) fn comment(&mut self, text: &str) -> Result<(), Error> {
        let plain = text.replace(char::is_control, "\u{FFFD}");
        self.text(&Line::Comment(format!(" {plain}")))
    }

    pub(crate) fn request(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.event(What::Request(bytes.to_owned()))
    }

    pub(crate) fn reply(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.event(What::Reply(bytes.to_owned()))
    }

    pub(crate) fn notification(&mut self, notification: &Notification) -> Result<(), Error> {
        self.event(What::Notification(bytes_of(notification)))
    }

    pub(crate) fn panic(&mut self, component: ComponentId) -> Result<(), Error> {
        self.event(What::Panic(component.word()))
    }

    /// Nothing more will come.
    pub(crate) fn end(&mut self) -> Result<(), Error> {
        self.event(What::End)?;
        self.file = None;
        Ok(())
    }

    fn event(&mut self, what: What) -> Result<(), Error> {
        self.text(&Line::Event(Event { tick: self.tick, what }))
    }

    fn text(&mut self, line: &dyn std::fmt::Display) -> Result<(), Error> {
        let Some((file, path)) = &mut self.file else { return Ok(()) };
        writeln!(file, "{line}").map_err(|error| failed(path, &error))
    }
}

impl Drop for Tape {
    /// Where the program itself panics, so that a replay comes as far.
    fn drop(&mut self) {
        // Whoever could be told that the file is not whole is being told of the panic.
        let _ = self.end();
    }
}

/// A notification as it travels.
pub(super) fn bytes_of(notification: &Notification) -> Vec<u8> {
    let mut bytes = vec![0; Notification::ENCODED_LEN];
    // All that a runtime tells encodes; what did not would stand there as a message without bytes.
    let length = notification.encode(&mut bytes).unwrap_or(0);
    bytes.truncate(length);
    bytes
}

fn failed(path: &Path, error: &io::Error) -> Error {
    headroom_audio::Error::Output { path: path.to_owned(), why: error.to_string() }.into()
}
