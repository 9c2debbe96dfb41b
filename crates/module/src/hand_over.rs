//! For runtimes only: the contexts and kinds of memory that modules are handed, and what they said in theirs.

use vregion::Region;

use crate::context::{Configure, Prepare, Process};
use crate::format::Tick;
use crate::init::{InitConfig, InitContext};
use crate::memory::{Indifferent, Interim, Lifetime};
use crate::notices::Said;
use crate::port::{Input, Output};

/// What `init` is handed: `config`, with the memory that the instance shall live in.
pub fn init_context<'a, 'm>(memory: Lifetime<'m>, config: InitConfig<'a>) -> InitContext<'a, 'm> {
    InitContext { memory, config }
}

/// What `prepare` is handed: the ports of a module, with memory of its region.
pub fn prepare<'a, 'm>(
    memory: Interim<'m>,
    inputs: &'a mut [Input<'m>],
    outputs: &'a mut [Output<'m>],
) -> Prepare<'a, 'm> {
    Prepare { memory, inputs, outputs }
}

/// What `configure` is handed: memory of the module's region.
pub fn configure<'a, 'm>(memory: &'a Indifferent<'m>) -> Configure<'a, 'm> {
    Configure { memory }
}

/// What `process` is handed: the ports of a module, at `tick`.
pub fn process<'a, 'm>(
    inputs: &'a mut [Input<'m>],
    outputs: &'a mut [Output<'m>],
    tick: Tick,
) -> Process<'a, 'm> {
    Process { inputs, outputs, tick, said: None }
}

/// What the module said in a run.
pub fn said(cx: &Process<'_, '_>) -> Said {
    cx.said.unwrap_or_default()
}

/// Whether the module said nothing at all.
pub fn is_silent(cx: &Process<'_, '_>) -> bool {
    cx.said.is_none()
}

/// Memory of `region` for as long as it lives.
pub fn lifetime(region: Region<'_>) -> Lifetime<'_> {
    Lifetime::new(region)
}

/// The same from a region that is a heap from its first byte, such as a runtime's common one: nothing in it can be late.
pub fn lifetime_in_heap(region: Region<'_>) -> Lifetime<'_> {
    Lifetime::indifferent(region)
}

/// Memory of `region` that comes and goes.
pub fn interim(region: Region<'_>) -> Interim<'_> {
    Interim::new(region)
}

/// Memory of `region` that follows its phase.
pub fn indifferent(region: Region<'_>) -> Indifferent<'_> {
    Indifferent::new(region)
}
