//! ALSA topology files (`.tplg`): checked views over their bytes, without allocation.
//!
//! # A file
//!
//! ```text
//!  | block           | block                                   | block | …      in any order
//!  | header | ele-   | header | widget | tuples | control | …  |
//!             ments    kind, pipeline, size, count
//! ```
//!
//! Everything is little endian; strings are 44 bytes with a zero. A [`Widget`] is a node of the graph,
//! a [`Route`](Element::Route) an edge. What a widget is in detail is in its tuples: a [`Token`] with a value each.
//!
//! # What this crate knows, and what it leaves alone
//!
//! [`Topology::parse`] checks every length, count, string and vendor array in one pass. From then on iterators
//! are infallible, and views read out of the file's bytes. Blocks of vendors and of unknown kinds stay bytes, and
//! so do those in bytes controls. Both files for IPC3 and for IPC4 are read; the tokens differ, the structure
//! doesn't.
//!
//! [`records`] has the structures field by field, [`tokens`] the numbers and names of tokens; [`write`](mod@write)
//! makes files from elements, and [`patch`] changes one token of one.
//!
//! # Example
//!
//! ```
//! use headroom_tplg::{Topology, Token};
//!
//! fn stacks(file: &[u8]) -> Result<u32, headroom_tplg::Error> {
//!     let topology = Topology::parse(file)?;
//!     Ok(topology.widgets().filter_map(|widget| widget.word(Token::COMP_STACK_BYTES_REQUIREMENT)).sum())
//! }
//!
//! let error = stacks(b"RIFF....WAVE").unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "byte 0: a block starts with 0x46464952, not 0x41536f43; \
//!      if this is a .tplg file it is damaged: copy or compile it again",
//! );
//! ```
//!
//! Layouts and numbers are those of `sound/asoc.h` of Linux (ABI 5) and of Sound Open Firmware (2026-08).

#![no_std]
#![forbid(unsafe_code)]

mod block;
mod check;
mod control;
mod cursor;
mod element;
mod error;
mod fields;
mod format;
mod kinds;
mod layout;
mod link;
mod manifest;
mod memory;
mod name;
pub mod patch;
mod pcm;
mod raw;
pub mod records;
pub mod tokens;
mod topology;
pub mod tuples;
mod widget;
pub mod write;

pub use block::Block;
pub use control::{Control, ControlKind, DbScale};
pub use element::{Element, Route};
pub use error::{Error, Part, Reason};
pub use format::AudioFormat;
pub use kinds::{BlockKind, WidgetKind};
pub use link::{Dai, Link};
pub use manifest::{Abi, Manifest};
pub use memory::{Heap, Memory, TokenEra};
pub use pcm::Pcm;
pub use tokens::Token;
pub use topology::Topology;
pub use widget::{Domain, Widget};

/// The examples of README.md are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
