//! The IPC4 wire protocol: bytes to a checked request that borrows its payload, and back, without allocation.
//!
//! # A message
//!
//! Everything is 32-bit little endian; bit 0 is the least significant one. The payload directly follows the
//! two header words, as in the library build of the original.
//!
//! ```text
//!            31   30      29    28..24   23............0
//! primary   | 0 | target | rsp | type   | per message; in a reply: status |
//!            31..30   29.................0
//! extension | 0      | per message |
//! payload   | bytes, only where the message says so |
//! ```
//!
//! `target` is 0 for the firmware ([`Kind::Global`]) and 1 for a module ([`Kind::Module`]); `rsp` is 0 in
//! requests and notifications, 1 in replies.
//!
//! # What this crate knows, and what it leaves alone
//!
//! It knows framing, ids, statuses, the objects that extend the create and init messages, and the list of types and
//! lengths that vendor parameters come in. A module's own bytes (base configuration, formats, blobs) stay opaque
//! slices here; they live with the modules. It checks
//! that what is announced is there, never whether it makes sense: an unknown pipeline or a state that may not
//! follow is for the caller to refuse.
//!
//! # Rules on both sides
//!
//! * Reserved bits are ignored on receipt and zero when sent. Of the extended init word so are the two
//!   flags that the original ignores as well (`rtos_domain`, `gna_used`).
//! * Bytes behind the announced payload are ignored: a driver hands over its whole mailbox.
//! * `decode(encode(x)) == x` for every `x` that encodes, if it holds what [`decode`](Request::decode)
//!   would make: no number spelled as `Unknown`, `Unsupported` or `Other` that has a name, nothing noted as
//!   [`Ignored`].
//! * Encoding is canonical: one spelling per meaning. Objects come in the order of their ids,
//!   `payload_words` of a created pipeline counts its three header words, and an empty object array is left
//!   out.
//! * No call panics, allocates or takes longer than one pass over the message.
//!
//! # Example
//!
//! ```
//! use headroom_ipc4::{Reply, Request, Status};
//!
//! let mut message = [0; 8];
//! Request::DeletePipeline { id: 1 }.encode(&mut message)?;
//! assert_eq!(message, [0, 0, 1, 0x12, 0, 0, 0, 0]);
//!
//! let answer = match Request::decode(&message) {
//!     Ok(Request::DeletePipeline { id: 1 }) => Status::SUCCESS,
//!     Ok(Request::Unsupported { kind, .. }) => kind.refusal(),
//!     _ => Status::INVALID_RESOURCE_ID,
//! };
//! let mut reply = [0; 8];
//! Reply::to(&message, answer).encode(&mut reply)?;
//! assert_eq!(reply, [0, 0, 0, 0x32, 0, 0, 0, 0]);
//! # Ok::<(), headroom_ipc4::EncodeError>(())
//! ```
//!
//! Layouts and numbers are those of Sound Open Firmware, commit 12dd726529 (2026-08-13), `src/include/ipc4/`
//! and `src/ipc/ipc4/`; each item names its header.

#![no_std]
#![forbid(unsafe_code)]

mod binding;
mod bits;
mod bytes;
mod config;
mod error;
mod id;
mod init;
mod kind;
mod memory;
mod notification;
mod object;
mod pipeline;
mod reply;
mod request;
mod state;
mod status;
mod vendor;
mod words;

pub use binding::Binding;
pub use bytes::MAILBOX_BYTES;
pub use config::{Fragment, LargeConfig};
pub use error::{DecodeError, EncodeError};
pub use id::ModuleId;
pub use init::{Domain, InitInstance};
pub use kind::Kind;
pub use memory::{HeapSize, MemRequest};
pub use notification::Notification;
pub use object::Ignored;
pub use pipeline::CreatePipeline;
pub use reply::Reply;
pub use request::Request;
pub use state::{PipelineIds, PipelineState, SetPipelineState};
pub use status::Status;

/// The examples of README.md are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
