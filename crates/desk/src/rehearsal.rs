//! What all regions of a topology need, where one was too small: it is set up once more with plenty, and looked at.

use headroom_driver::Names;
use headroom_module::schedule::Domain;
use headroom_report::Snapshot;
use headroom_runtime::{Profile, RegionSnapshot};
use headroom_topology::{Memory, Topology};

use crate::error::Error;
use crate::figures::Figures;
use crate::options::{EndFile, Options};
use crate::session::Watch;

/// Bytes of each region of a rehearsal, where the text doesn't declare more.
const PLENTY: u32 = 8 << 20;

/// What a region needs once all of the topology is set up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Need {
    /// Whose region it is: a widget as the text calls it, or a pipeline.
    pub(crate) whose: String,
    pub(crate) bytes: u64,
}

/// Sets a topology up, and has it looked at.
pub(crate) type SetUp<'s> = dyn Fn(&Topology, &Options, &mut Watch<'_>) -> Result<(), Error> + 's;

/// What the regions of `text` need, DP widgets first; nothing where it can't be set up with plenty either, as then something else
/// than a region is at fault.
pub(crate) fn needs(text: &Topology, options: &Options, names: &Names, set_up: &SetUp<'_>) -> Vec<Need> {
    let mut found = Vec::new();
    let mut inspect = |snapshot: &Snapshot, _: &Figures| found = regions(snapshot, names);
    let mut watch = Watch { progress: &mut |_, _| {}, log: &mut |_| {}, inspect: &mut inspect };
    match set_up(&with_plenty(text), &without_outputs(text, options), &mut watch) {
        Ok(()) => found,
        Err(_) => Vec::new(),
    }
}

fn with_plenty(text: &Topology) -> Topology {
    let mut text = text.clone();
    for pipeline in text.pipelines.iter_mut().filter(|pipeline| pipeline.heap_bytes > 0) {
        pipeline.heap_bytes = pipeline.heap_bytes.max(PLENTY);
    }
    for widget in text.widgets.iter_mut().filter(|widget| widget.domain == Domain::Dp) {
        let declared = widget.memory.map_or(0, |memory| u32::try_from(memory.bytes()).unwrap_or(u32::MAX));
        widget.memory = Some(Memory::Heap(declared.max(PLENTY)));
    }
    text
}

/// The same that is played, and nothing that is written.
fn without_outputs(text: &Topology, options: &Options) -> Options {
    let is_source = |file: &&EndFile| text.sources().any(|source| text.widgets[source].name == file.widget);
    let others = options.others.iter().filter(is_source).cloned().collect();
    Options { output: None, record: None, others, ..options.clone() }
}

fn regions(snapshot: &Snapshot, names: &Names) -> Vec<Need> {
    let widgets = snapshot.modules.iter().filter_map(|module| {
        let region = module.region.as_ref()?;
        Some(Need { whose: format!("`{}`", names.known(region.owner)?), bytes: bytes(region) })
    });
    let pipelines = snapshot.pipelines.iter().filter_map(|pipeline| {
        let region = pipeline.region.as_ref()?;
        Some(Need { whose: format!("pipeline {}", pipeline.id), bytes: bytes(region) })
    });
    widgets.chain(pipelines).collect()
}

/// In whole lines, as regions begin at one.
fn bytes(region: &RegionSnapshot) -> u64 {
    let interim = if region.interim_peak == 0 { 0 } else { region.seal_padding + region.interim_peak };
    let used = region.lifetime_bytes + region.lifetime_padding + interim;
    used.next_multiple_of(Profile::DESK.line_bytes) as u64
}
