//! Opens drafts and texts, and reads what would be sent.

use headroom_driver::script::Script;
use headroom_driver::{Error, Manifest, Request, Setup, Step, Stream, TokenEra, Way, all};
use headroom_ipc4::{CreatePipeline, InitInstance, Request as Message};
use headroom_module::Format;
use headroom_modules::MODULES;
use headroom_testbench::draft::Draft;
use headroom_topology::{Beside, Compiled, Topology};
use miette::Diagnostic as _;

/// With what a draft is opened besides.
pub(crate) struct With<'w> {
    pub(crate) manifest: Option<&'w Manifest>,
    pub(crate) era: TokenEra,
    pub(crate) script: Script,
    pub(crate) played: Option<(&'w str, Format)>,
}

/// Nothing but the defaults.
pub(crate) fn nothing() -> With<'static> {
    With { manifest: None, era: TokenEra::Guess, script: Script::default(), played: None }
}

impl With<'_> {
    fn open(&self, compiled: &Compiled, beside: &Beside, streams: &[Stream]) -> Result<Setup, Error> {
        let played = |widget: &str| self.played.and_then(|(name, format)| (name == widget).then_some(format));
        Way::of(compiled, beside, streams)?.open(&Request {
            modules: MODULES,
            manifest: self.manifest,
            era: self.era,
            script: &self.script,
            played: &played,
        })
    }
}

/// Opens the first stream of `draft`.
pub(crate) fn open(draft: &Draft, with: &With<'_>) -> Result<Setup, Error> {
    open_stream(&draft.file(), 0, with)
}

/// Opens the `n`th stream of `file`.
pub(crate) fn open_stream(file: &Compiled, n: usize, with: &With<'_>) -> Result<Setup, Error> {
    with.open(file, &Beside::default(), &[Stream::Pcm(file.streams().swap_remove(n))])
}

/// Opens all of a text at once, as a run of it does. Its own signals are played.
pub(crate) fn open_text(text: &str) -> Result<(Vec<Stream>, Setup), Error> {
    let topology = Topology::parse("test.toml", text.to_owned(), MODULES)?;
    let (compiled, beside) = topology.compiled(MODULES, &|_| None)?;
    let streams = all(&compiled)?;
    let setup = nothing().open(&compiled, &beside, &streams)?;
    Ok((streams, setup))
}

/// The error that `draft` must end with: its text, and its help behind it.
pub(crate) fn error(draft: &Draft, with: &With<'_>) -> String {
    match open(draft, with) {
        Ok(setup) => panic!("this opens: {draft:#?}\n{:#?}", purposes(&setup)),
        Err(error) => told(&error),
    }
}

/// An error with its help, which it must have.
pub(crate) fn told(error: &Error) -> String {
    let help = error.help().unwrap_or_else(|| panic!("no help: {error}")).to_string();
    assert!(!help.trim().is_empty(), "{error}");
    format!("{error}; {help}")
}

/// `text` has all of `words`.
pub(crate) fn has(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "`{word}` is not in: {text}");
    }
}

/// Every message from the first to the last, but for what a script sends between.
pub(crate) fn steps(setup: &Setup) -> impl Iterator<Item = &Step> {
    setup.set_up.iter().chain(&setup.start).chain(&setup.take_down)
}

/// What each of them is for.
pub(crate) fn purposes(setup: &Setup) -> Vec<&str> {
    steps(setup).map(|step| step.purpose.as_str()).collect()
}

/// The messages with this purpose.
pub(crate) fn messages<'s>(setup: &'s Setup, purpose: &str) -> Vec<Message<'s>> {
    let found = steps(setup).filter(|step| step.purpose == purpose);
    let found: Vec<_> = found.map(|step| Message::decode(&step.bytes).unwrap()).collect();
    assert!(!found.is_empty(), "no `{purpose}` in {:#?}", purposes(setup));
    found
}

/// The message that makes the pipeline `id`.
pub(crate) fn created(setup: &Setup, id: u8) -> CreatePipeline {
    match messages(setup, &format!("create pipeline {id}")).swap_remove(0) {
        Message::CreatePipeline(message) => message,
        other => panic!("{other:?}"),
    }
}

/// The message that makes the widget `name`.
pub(crate) fn init<'s>(setup: &'s Setup, name: &str) -> InitInstance<'s> {
    match messages(setup, &format!("init `{name}`")).swap_remove(0) {
        Message::InitInstance(message) => message,
        other => panic!("{other:?}"),
    }
}
