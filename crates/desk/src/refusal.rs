//! What a user can do about a message that was refused.

use headroom_audio::unready;
use headroom_control::Reason;
use headroom_driver::Names;
use headroom_module::ModuleError;
use headroom_module::memory::AllocError;
use headroom_module::schedule::Domain;
use headroom_module::wiring::WiringError;
use headroom_runtime::{Error as RuntimeError, Platform};

use headroom_topology::{Memory, Topology};

use crate::error::Refusal;
use crate::rehearsal::Need;

/// Finds remedies in the words of a topology, whose widgets have these names.
pub(crate) struct Remedies<'a> {
    pub(crate) topology: &'a Topology,
    pub(crate) names: &'a Names,
    /// Bytes of a page, of which regions are made.
    pub(crate) page_bytes: usize,
    /// What the regions need, if that can be found out.
    pub(crate) needs: &'a dyn Fn() -> Vec<Need>,
}

impl Remedies<'_> {
    /// What to change so that `refusal` does not come again.
    pub(crate) fn of(&self, refusal: &Refusal) -> String {
        match &refusal.reason {
            Some(Reason::Refused(error)) => self.runtime(error),
            _ => "this is a fault of Headroom's driver part; report it with the topology".to_owned(),
        }
    }

    fn runtime(&self, error: &RuntimeError) -> String {
        match error {
            RuntimeError::Module { error, .. } => self.module(error),
            RuntimeError::Ring { error: WiringError::Memory(error), .. } => self.memory(error),
            RuntimeError::RegionSize { min, max, .. } => format!(
                "give it a `heap_bytes` of {min} to {max}, or `lifetime_bytes` and `interim_bytes` that add up to that; \
                 none takes the default"
            ),
            RuntimeError::Region { .. } => "declare less memory in the topology".to_owned(),
            RuntimeError::DpToDp { .. } => "put a `kind = \"copier\"` widget between the two".to_owned(),
            RuntimeError::Period { .. } => "raise its `block_ms`".to_owned(),
            RuntimeError::NoCore { cores, .. } => format!("choose a `core` below {cores}"),
            RuntimeError::FormatMismatch { .. } => "put a copier between the two that converts".to_owned(),
            RuntimeError::Full { .. } => "split the topology".to_owned(),
            _ => "correct the topology here".to_owned(),
        }
    }

    fn module(&self, error: &ModuleError) -> String {
        match error {
            ModuleError::Memory(error) => self.memory(error),
            ModuleError::UnsupportedRates { from, to } => {
                unready(*from, *to).unwrap_or_else(|| "correct the widget here".to_owned())
            }
            ModuleError::UnsupportedSamples { .. } => {
                "put a copier with `samples = \"S32\"` before it".to_owned()
            }
            ModuleError::BadValue { .. } => "correct that value".to_owned(),
            _ => "correct the widget here".to_owned(),
        }
    }

    /// A region has whole pages, so raising what was declared by the missing bytes alone may change nothing.
    fn memory(&self, error: &AllocError) -> String {
        let name = self.names.known(error.requester.owner);
        let found = self.topology.widgets.iter().find(|widget| Some(widget.name.as_str()) == name);
        let Some(widget) = found else { return "split the topology".to_owned() };
        let (whose, declared) = if widget.domain == Domain::Dp {
            (format!("`{}`", widget.name), dp_region_bytes(widget.memory))
        } else {
            let pipeline = self.topology.pipelines.iter().find(|pipeline| pipeline.id == widget.pipeline);
            let declared = pipeline.map_or(0, |pipeline| pipeline.heap_bytes.into());
            (format!("pipeline {}", widget.pipeline), declared)
        };
        if declared == 0 {
            return format!(
                "give {whose} a `heap_bytes` of its own: the region that all others share is full"
            );
        }
        let has = declared.next_multiple_of(self.page_bytes as u64);
        let next = has + error.bytes.saturating_sub(error.left).max(1) as u64;
        let needs = (self.needs)();
        let own = needs.iter().find(|need| need.whose == whose).map(|need| need.bytes);
        let least = own.map_or(next, |own| own.max(next));
        let all: Vec<_> = needs.iter().map(|Need { whose, bytes }| format!("{whose} {bytes}")).collect();
        let all = if all.is_empty() {
            "a run with plenty shows in its report what is needed in all".to_owned()
        } else {
            format!("set up whole, the topology needs, in bytes: {}", all.join(", "))
        };
        format!("declare at least {least} bytes for {whose}: a region of {declared} bytes holds {has}; {all}")
    }
}

/// Bytes of the region that a DP widget gets.
fn dp_region_bytes(declared: Option<Memory>) -> u64 {
    let declared = declared.map_or(0, Memory::bytes);
    if declared == 0 { Platform::DESK.dp_region_bytes as u64 } else { declared }
}
