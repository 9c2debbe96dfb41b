//! Runs topologies, and keeps what there is to look at.
//!
//! What a session shows of the runtime is looked at here only: tests ask [`Seen`].

use std::path::Path;

use headroom_desk::{Error, Execution, Figures, Options, Recording, Replay, Watch, run, shipped};
use headroom_modules::MODULES;
use headroom_runtime::{ModuleSnapshot, PipelineSnapshot};
use headroom_topology::{Loaded, Topology};

/// What a run let its watcher see.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) figures: Figures,
    pub(crate) modules: Vec<ModuleSnapshot>,
    pub(crate) pipelines: Vec<PipelineSnapshot>,
    pub(crate) log: Vec<String>,
    pub(crate) progress: Vec<(u64, u64)>,
}

impl Seen {
    /// The module of the widget called `name`.
    pub(crate) fn module(&self, name: &str) -> ModuleSnapshot {
        let (id, _) = self.figures.names.iter().find(|(_, known)| known == name).unwrap();
        *self.modules.iter().find(|module| module.id == *id).unwrap()
    }

    pub(crate) fn underruns(&self) -> u64 {
        self.modules.iter().map(|module| u64::from(module.counters.underruns)).sum()
    }

    /// What each message was for, in the order in which they were sent.
    pub(crate) fn sent(&self) -> Vec<&str> {
        self.log.iter().filter_map(|line| line.split(':').next()).collect()
    }
}

/// Runs `topology`; `progress` is called as the session reports it. Beside what came of it: how often it was looked at.
pub(crate) fn watch_loaded(
    topology: &Loaded,
    options: &Options,
    progress: &mut dyn FnMut(u64, u64),
) -> (Result<Seen, Error>, usize) {
    let (mut log, mut reported, mut seen, mut looks) = (Vec::new(), Vec::new(), None, 0);
    let mut watch = Watch {
        progress: &mut |done, all| {
            reported.push((done, all));
            progress(done, all);
        },
        log: &mut |line| log.push(line.to_owned()),
        inspect: &mut |snapshot, figures| {
            looks += 1;
            seen = Some((figures.clone(), snapshot.modules.clone(), snapshot.pipelines.clone()));
        },
    };
    let outcome = run(topology, options, &mut watch);
    let seen = outcome.map(|()| {
        let (figures, modules, pipelines) = seen.unwrap();
        Seen { figures, modules, pipelines, log, progress: reported }
    });
    (seen, looks)
}

/// Runs `topology`.
pub(crate) fn play_loaded(topology: &Loaded, options: &Options) -> Result<Seen, Error> {
    watch_loaded(topology, options, &mut |_, _| ()).0
}

/// The text `text` as a topology.
pub(crate) fn parse(text: &str) -> Result<Loaded, Error> {
    Ok(Loaded::Text(Topology::parse("test.toml", text.to_owned(), MODULES)?))
}

/// Runs the text `text`; `progress` is called as the session reports it.
pub(crate) fn watch(
    text: &str,
    options: &Options,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Seen, Error> {
    watch_loaded(&parse(text)?, options, progress).0
}

/// Plays `text`'s own signal into `output`.
pub(crate) fn play(text: &str, output: &Path) -> Result<Seen, Error> {
    play_with(text, None, output, Execution::VirtualTime)
}

/// Plays the file `input`, or else the topology's own signal, into `output`.
pub(crate) fn play_with(
    text: &str,
    input: Option<&Path>,
    output: &Path,
    execution: Execution,
) -> Result<Seen, Error> {
    let (input, output) = (input.map(Path::to_owned), Some(output.to_owned()));
    watch(text, &Options { input, output, execution, ..Options::default() }, &mut |_, _| ())
}

/// What must not go well.
pub(crate) fn refusal(text: &str) -> Error {
    match play_loaded(&parse(text).unwrap_or_else(|error| panic!("{error}\n{text}")), &Options::default()) {
        Ok(_) => panic!("this ran:\n{text}"),
        Err(error) => error,
    }
}

/// Drives a runtime with the modules that ship with what was recorded.
pub(crate) fn replay(recording: &Recording, input: Option<&Path>) -> Result<Replay, Error> {
    headroom_desk::replay(recording, input, &shipped(), &mut |_, _| ())
}

/// The text of a topology that ships.
pub(crate) fn bundled(name: &str) -> String {
    let all = headroom_testbench::bundled();
    all.into_iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no {name}")).1
}
