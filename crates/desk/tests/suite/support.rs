//! Builds topologies as a user would write them, runs them, and keeps what there is to look at.

use std::path::{Path, PathBuf};

use headroom_host::topology::{Input, Topology};
use headroom_host::{Error, Execution, Figures, Options, Watch, run};
use headroom_runtime::{ModuleSnapshot, PipelineSnapshot};

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
}

/// A topology whose widgets, each a name and its other keys, form one line.
pub(crate) fn line(input: &str, pipelines: &[&str], widgets: &[(&str, &str)]) -> String {
    let pipelines: String = pipelines.iter().map(|keys| format!("  {{ {keys} }},\n")).collect();
    let routes: String = widgets
        .windows(2)
        .map(|pair| format!("  {{ from = \"{}\", to = \"{}\" }},\n", pair[0].0, pair[1].0))
        .collect();
    let widgets: String =
        widgets.iter().map(|(name, keys)| format!("  {{ name = \"{name}\", {keys} }},\n")).collect();
    format!(
        "name = \"line\"\ninput = {{ {input} }}\npipeline = [\n{pipelines}]\nwidget = [\n{widgets}]\nroute = [\n{routes}]\n"
    )
}

/// Host, DP converter with plenty of memory and speaker; samples as `samples` all the way.
pub(crate) fn converter(input: &str, samples: &str, rate: u32) -> String {
    let end = |kind: &str| format!("kind = \"{kind}\", pipeline = 1, samples = \"{samples}\"");
    let src = format!("kind = \"src\", pipeline = 1, domain = \"DP\", rate = {rate}, heap_bytes = 262144");
    let widgets = [("host", &*end("host-copier")), ("src", &*src), ("speaker", &*end("dai-copier"))];
    line(input, &["id = 1"], &widgets)
}

pub(crate) fn parse(text: &str) -> Result<Topology, Error> {
    Topology::parse("test.toml", text.to_owned())
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
    let input = input.map(|path| Input::File(path.to_owned()));
    watch(
        text,
        Options { input, output: Some(output.to_owned()), others: Vec::new(), record: None, execution },
        &mut |_, _| (),
    )
}

/// Runs `text` with `options`; `progress` is called as the session reports it.
pub(crate) fn watch(text: &str, options: Options, progress: &mut dyn FnMut(u64, u64)) -> Result<Seen, Error> {
    let topology = parse(text)?;
    let (mut log, mut reported, mut seen) = (Vec::new(), Vec::new(), None);
    let mut watch = Watch {
        progress: &mut |done, all| {
            reported.push((done, all));
            progress(done, all);
        },
        log: &mut |line| log.push(line.to_owned()),
        inspect: &mut |snapshot, figures| {
            seen = Some((figures.clone(), snapshot.modules.clone(), snapshot.pipelines.clone()));
        },
    };
    run(&topology, &options, &mut watch)?;
    let (figures, modules, pipelines) = seen.unwrap();
    Ok(Seen { figures, modules, pipelines, log, progress: reported })
}

/// What must not go well.
pub(crate) fn refusal(text: &str) -> Error {
    let folder = tempfile::tempdir().unwrap();
    match play(text, &folder.path().join("out.wav")) {
        Ok(_) => panic!("this ran:\n{text}"),
        Err(error) => error,
    }
}

/// A folder that goes away with the test, and a path in it.
pub(crate) fn folder() -> (tempfile::TempDir, impl Fn(&str) -> PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    (folder, move |name: &str| path.join(name))
}
