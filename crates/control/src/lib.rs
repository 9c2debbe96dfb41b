//! IPC4 requests to graph verbs, and what becomes of them to replies: the only way from a host to the runtime.
//!
//! [`answer`] takes the bytes of one message and writes the bytes of one reply, also to a message that does not decode.
//! It is one `match`, each arm one verb of the runtime. The reply carries a status, as drivers know it; what it can't
//! carry, the precise [`Reason`], goes to the caller's log.
//!
//! ```text
//!   message bytes ─► Request ─► verb ─► Ok, or an error ─► Status ─► reply bytes
//!                      └ does not decode ────────┘
//! ```
//!
//! # Example
//!
//! ```
//! use std::mem::MaybeUninit;
//!
//! use headroom_control::{MAILBOX_BYTES, answer};
//! use headroom_ipc4::{CreatePipeline, Reply, Request, Status};
//! use headroom_modules::MODULES;
//! use headroom_runtime::{PagePool, Platform, Profile, Runtime};
//!
//! let mut memory = vec![MaybeUninit::uninit(); 2 << 20];
//! let mut tables = vec![MaybeUninit::uninit(); PagePool::table_bytes(&Profile::DESK, memory.len())];
//! let pool = PagePool::new(Profile::DESK, &mut memory, &mut tables)?;
//! let mut runtime = Runtime::new(Platform::DESK, &pool, MODULES)?;
//!
//! // What a driver writes …
//! let mut message = [0; 8];
//! Request::CreatePipeline(CreatePipeline::new(1)).encode(&mut message)?;
//! // … and what it reads.
//! let mut mailbox = [0; MAILBOX_BYTES];
//! let made = answer(&mut runtime, &message, &mut mailbox);
//! assert_eq!(mailbox[..made.length], [0, 0, 0, 0x31, 0, 0, 0, 0]);
//! assert_eq!(runtime.pipelines().count(), 1);
//!
//! // The status of a refusal tells a driver little; the reason tells its author.
//! let again = answer(&mut runtime, &message, &mut mailbox);
//! assert_eq!(Reply::decode(&mailbox[..again.length])?.status, Status::INVALID_RESOURCE_ID);
//! let reason = again.reason.map(|reason| reason.to_string());
//! assert_eq!(reason.as_deref(), Some("pipeline 1 exists; delete it first or take another id"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Statuses
//!
//! | message | status and when |
//! |---|---|
//! | any | 1: no header, or a reply · 15, and 2 for unknown module types: not served |
//! | create pipeline | 116: no such core · 9: id exists · 3: no memory or table full · 1: faulty payload, too long |
//! | delete pipeline | 9: unknown · 12: a module of it is not reset, or is away |
//! | set pipeline state | 9: unknown, or to run without modules · 7: not from this state, a module refuses, or the last one is LL on another core than the pipeline · 164: can't stop, a module is away · 1: list cut off |
//! | get pipeline state, context size | 9: unknown |
//! | init instance | 104: whatever is wrong, also a second copier of a gateway |
//! | delete instance, unbind | 9: whatever is wrong |
//! | bind | 9: unknown module · 7: DP to DP · 6: block of no whole frames · 3: no memory · 4: a module is away · 12: port missing, taken or of a gateway, circle, pin of a format that no stream has |
//! | config get, set | 9: unknown module · 7: the module has no such parameter · 4: the module is away · 120: it refuses, or the value has more than 16 bits |
//! | large config set | 9: anything |
//! | large config get | 4: the module is away · 9: anything else |
//! | vendor parameters (255) | 9: unknown module · 122: list cut off · 121: a value without bytes · 7: a value longer than its list, a get in parts · 6: the module refuses |
//!
//! They are those of the original (commit 12dd726529) but for these differences:
//!
//! * A create message with a faulty payload is refused; the original makes the pipeline without its memory.
//! * A module is *away* while another thread runs it, or the pass of its core; the original does not know that. What is
//!   set then waits for it, one value; a second one is refused with the status of the original's `-EBUSY`, 9.
//! * A state change is all or nothing: a refused one leaves every pipeline of its list as it was, where the original
//!   leaves some prepared, some moved. The extension of the reply names the pipeline that failed; the original leaves
//!   it 0.
//! * The states of pipelines and the pages that they take can be asked for; the original answers 15. The state is the last
//!   one that was set with success, so UNINITIALIZED for a new pipeline, or ERROR_STOP when a module failed.
//! * A pipeline without modules can be paused and reset, as there is nothing to do; to run it is refused with 9, as the
//!   original misses its host end.
//! * A part of a configuration that is refused ends its transfer, so that the driver can begin anew; in the original a
//!   transfer that was broken off blocks the module until a reset.
//! * EOS is taken as in the original, but nothing fills up the last block of a DP module: frames that are no whole block
//!   stay in its ring, unless it takes any number of frames. A module without a pipeline (parent 255) is refused as one of
//!   an unknown pipeline; the original takes it.
//!
//! # Notifications
//!
//! [`notification`] makes of a runtime's event what a driver is told of it. Who takes the events decides where the bytes
//! go; a runtime keeps a limited number and counts the others.
//!
//! # Snapshots
//!
//! [`write_snapshot`] gives what a runtime is and has counted as bytes, in pieces that fit a mailbox, and [`Piece`] reads
//! them: no message of the protocol, but what a tool on the other side of one needs.
//!
//! # Configuration
//!
//! A module takes a value at the start of its next run. One that is not running at the moment is told at once, which
//! comes to the same, so that the reply says what it thinks of the value. Parts are collected in the runtime's own memory,
//! for each instance by itself, up to the platform's `parameter_bytes`. A short value is handed to the module as a
//! little endian word, under the same numbers as a large one.

#![no_std]
#![forbid(unsafe_code)]

mod configuration;
mod dispatch;
mod fields;
mod notification;
mod outcome;
mod reason;
mod snapshot;
mod snapshot_error;
mod status;

pub use dispatch::{Answer, answer};
pub use headroom_ipc4::MAILBOX_BYTES;
pub use notification::notification;
pub use reason::Reason;
pub use snapshot::{Piece, Written, write_snapshot};
pub use snapshot_error::SnapshotError;
