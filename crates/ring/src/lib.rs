//! The one audio buffer: a lock-free ring of whole frames between one producer and one consumer.
//!
//! A [`Ring`] owns its bytes (any storage that derefs to a slice at a stable address: a region block, a box, a
//! `&mut [u8]`). [`split`] hands out its two ends, once: a [`Writer`] that is *granted* free frames and *commits*
//! those it filled, and a [`Reader`] that is granted filled frames and *releases* those it used. The ends may live
//! on two threads; neither ever waits for the other, and every call takes a bounded number of steps.
//!
//! ```
//! use headroom_ring::{Ring, split};
//!
//! let mut bytes = [0; 6 * 4];
//! let ring = Ring::new(&mut bytes[..], 4)?; // six frames of two 16-bit channels
//! let (mut writer, mut reader) = split(&ring)?;
//!
//! let (first, _second) = writer.grant(2);
//! first.copy_from_slice(&[1, 0, 2, 0, 3, 0, 4, 0]);
//! writer.commit(2)?;
//!
//! assert_eq!(ring.fill(), 2);
//! let (first, _second) = reader.grant(1);
//! assert_eq!(first, [1, 0, 2, 0]);
//! reader.release(1)?;
//! assert_eq!(reader.available(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The index rule
//!
//! Both indices count frames from 0 up to *twice* the capacity and then start again at 0. The slot of an index is the
//! index, less the capacity in its second lap. Capacity 4:
//!
//! ```text
//!   index   0   1   2   3 | 4   5   6   7 | 0 ..        fill = write - read   (+ 8 when negative)
//!   slot    0   1   2   3 | 0   1   2   3 | 0 ..        free = 4 - fill
//!
//!   read = 2, write = 2     fill 0   empty: same lap, same slot
//!   read = 2, write = 6     fill 4   full:  same slot, one lap apart
//!   read = 7, write = 1     fill 2   1 - 7 + 8
//!
//!   read = 3, write = 5     slots  0   1   2   3
//!                                  R   W   W   R        a grant that crosses the wrap is two slices:
//!                                                       read: [3] then [0];  write: [1 2] then nothing
//! ```
//!
//! So full and empty differ without a slot lost between them, and the capacity need not be a power of two. SOF's
//! `ring_buffer.c` follows the same rule, in bytes.
//!
//! # What the types forbid
//!
//! An end cannot be copied, so there is never a second producer:
//!
//! ```compile_fail,E0599
//! # let ring = headroom_ring::Ring::new(vec![0; 8], 1).unwrap();
//! # let (writer, reader) = headroom_ring::split(&ring).unwrap();
//! let second_producer = writer.clone();
//! ```
//!
//! ```compile_fail,E0599
//! # let ring = headroom_ring::Ring::new(vec![0; 8], 1).unwrap();
//! # let (writer, reader) = headroom_ring::split(&ring).unwrap();
//! let second_consumer = reader.clone();
//! ```
//!
//! A grant ends where the next one starts, and before its commit:
//!
//! ```compile_fail,E0499
//! # let ring = headroom_ring::Ring::new(vec![0; 8], 1).unwrap();
//! # let (mut writer, reader) = headroom_ring::split(&ring).unwrap();
//! let (early, _) = writer.grant(1);
//! let (late, _) = writer.grant(1);
//! early[0] = late[0];
//! ```
//!
//! ```compile_fail,E0499
//! # let ring = headroom_ring::Ring::new(vec![0; 8], 1).unwrap();
//! # let (mut writer, reader) = headroom_ring::split(&ring).unwrap();
//! let (bytes, _) = writer.grant(1);
//! writer.commit(1).unwrap();
//! bytes[0] = 1; // the reader may be reading it
//! ```
//!
//! Storage that must stay on its thread keeps the ends there:
//!
//! ```compile_fail,E0277
//! # use std::{cell::RefCell, sync::Arc};
//! # let cell = RefCell::new([0; 8]);
//! let guard = std::cell::RefMut::map(cell.borrow_mut(), |bytes| &mut bytes[..]); // not `Send`
//! let ring = headroom_ring::Ring::new(guard, 1).unwrap();
//! let (writer, reader) = headroom_ring::split(&ring).unwrap();
//! std::thread::scope(|threads| threads.spawn(move || drop(writer)).join()).unwrap();
//! ```

#![no_std]

mod error;
mod geometry;
mod reader;
mod ring;
mod split;
mod storage;
mod sync;
mod writer;

pub use error::{CommitError, ReleaseError, RingError, SplitError};
pub use reader::Reader;
pub use ring::Ring;
pub use split::split;
pub use writer::Writer;

#[cfg(loom)]
pub use sync::{Edge, weaken};

/// The examples of README.md are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
