//! What the tests of several crates share. No crate uses this one but for its tests.
//!
//! | for | there is |
//! |---|---|
//! | topologies in TOML | [`line()`], [`converter`], [`bundled`] |
//! | topologies in TOML at random | [`mutation`] |
//! | topology files, as a driver opens them | [`draft`]: widgets with modules and formats |
//! | topology files, to be looked at | [`sketch`]: widgets with faults |
//! | topology files of the wild | [`corpus`], where `HEADROOM_CORPUS` names a folder of them |
//! | audio | [`audio`]: WAV files as numbers, tones measured |
//! | memory | [`Arena`], behind a page pool |
//! | what is expected word for word | [`golden`] |
//! | files that go away | [`folder`] |

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by unwrapping it")]

mod arena;
pub mod audio;
mod corpus;
pub mod draft;
mod golden;
pub mod mutation;
pub mod sketch;
mod text;

use std::path::PathBuf;

pub use arena::Arena;
pub use corpus::corpus;
pub use golden::golden;
pub use text::{bundled, converter, line};

/// A folder that goes away with the test, and paths in it.
pub fn folder() -> (tempfile::TempDir, impl Fn(&str) -> PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    (folder, move |name: &str| path.join(name))
}
