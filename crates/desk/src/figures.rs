//! What only a session knows of a run: what went in and came out at its ends.

use std::time::Duration;

use headroom_module::Format;
use headroom_module::instance::ComponentId;

use crate::ends::{EndState, Ends};
use crate::executor::Execution;
use crate::plan::Plan;

/// What only the session knows of a run: the stream at its ends.
#[derive(Clone, PartialEq, Debug)]
pub struct Figures {
    /// Who ran DP modules.
    pub execution: Execution,
    /// LL ticks that were run.
    pub ticks: u64,
    /// What they took by the wall clock, from the first to the last.
    pub wall: Duration,
    /// Format at the first source end.
    pub input: Format,
    /// Frames that were played there.
    pub frames_in: u64,
    /// Format at the first sink end.
    pub output: Format,
    /// Frames that came out there, those left out at the head not counted.
    pub frames_out: u64,
    /// Frames left out at the head of that output: the delay of the filters.
    pub delay_frames: u64,
    /// Frames of silence at that sink before the first frame came: the start-up of the DP modules.
    pub start_up_frames: u64,
    /// Frames that the first input has.
    pub input_frames: u64,
    /// The other ends, in words.
    pub other_ends: Vec<String>,
    /// What else there is to say of the run, a sentence each.
    pub notes: Vec<String>,
    /// Events of the runtime that were lost, because more came at once than it keeps: then the log has gaps.
    pub events_lost: u64,
    /// Widgets by component id.
    pub names: Vec<(ComponentId, String)>,
}

impl Figures {
    /// What `plan` and its ends know; the rest is as before the first tick.
    pub(crate) fn of(plan: &Plan, states: &Ends) -> Self {
        let ends = plan.ends();
        let first = |source: bool| ends.iter().position(|end| end.is_source() == source);
        let (source, sink) = (first(true), first(false));
        let state = |end: Option<usize>| end.map_or_else(EndState::default, |end| *states.state(end));
        let (played, heard) = (state(source), state(sink));
        // A plan has an end at least.
        let format = |end: Option<usize>| ends[end.unwrap_or(0)].format;
        let others = (0..ends.len()).filter(|end| ![source, sink].contains(&Some(*end)));
        Self {
            execution: Execution::VirtualTime,
            ticks: 0,
            wall: Duration::ZERO,
            input: format(source),
            frames_in: played.moved,
            output: format(sink),
            frames_out: heard.moved,
            delay_frames: heard.skip,
            start_up_frames: heard.start_up,
            input_frames: source.map_or(0, |end| ends[end].frames),
            other_ends: others.map(|end| other_end(plan, end, states.state(end))).collect(),
            notes: Vec::new(),
            events_lost: 0,
            names: plan.setup.names.list().to_vec(),
        }
    }
}

fn other_end(plan: &Plan, end: usize, state: &EndState) -> String {
    let end = &plan.ends()[end];
    let name = plan.setup.names.of(plan.setup.parts[end.part].id);
    let (frames, format) = (state.moved, end.format);
    if end.is_source() {
        return format!("`{name}` played {frames} frames ({format}).");
    }
    let EndState { skip, start_up, .. } = state;
    format!("`{name}` kept {frames} frames ({format}); {skip} were trimmed, {start_up} waited for.")
}
