//! What a run measured, as text and JSON.
//!
//! ```text
//!   records ──► Snapshot ──┐
//!                          ├── Report::collect ──► Report ──► to_text   tables, memory maps, what to do
//!   host ──► RunFigures ───┘                             └──► to_json   the same figures as data
//! ```
//!
//! A [`Snapshot`] is all that is known of a runtime, here or on another machine; it is taken while the pipelines still
//! exist. A [`Report`] is plain data. Making text of it reads no clock and does no I/O, so equal runs give equal bytes.
//!
//! Every figure has one of three labels. In JSON it is the name of the object around it, in text the heading above its
//! column.
//!
//! * *declared*: the topology or the platform says so. A module's delay is declared too, as the module states it.
//! * *measured*: counted in this run, on the machine that ran it ([`Report::measured_on`](Report#structfield.measured_on)).
//! * *modelled*: worked out, not seen. The clock of a run is virtual, also when DP modules have threads of their own: a run
//!   of a module takes no time there, so deadline figures are modelled.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod advice;
mod bar;
mod collect;
mod number;
mod report;
pub mod rows;
mod snapshot;
mod table;
mod text;

pub use collect::{Audio, RunFigures};
pub use report::{Execution, Machine, Report, Timing};
pub use snapshot::{Incomplete, Snapshot};
