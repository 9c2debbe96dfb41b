//! What the fuzz targets run on their inputs, as plain functions, so that every committed input is also a test.
//!
//! Each takes any bytes and returns; a panic is a find. See `README.md` for the commands.

#![deny(unsafe_code)]

mod control;
mod ipc4;
mod raw;
mod recording;
mod regions;
mod seeds;
mod session;
mod shadow;
mod topology;
mod tplg;

pub use control::control_session;
pub use ipc4::ipc4_decode;
pub use recording::session_file;
pub use regions::region_ops;
pub use seeds::{Seed, seeds};
pub use topology::topology_toml;
pub use tplg::tplg_parse;

/// A target: its name, which is that of its corpus, and what it runs.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 6] = [
    ("ipc4_decode", ipc4_decode),
    ("control_session", control_session),
    ("topology_toml", topology_toml),
    ("tplg_parse", tplg_parse),
    ("session_file", session_file),
    ("region_ops", region_ops),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::{Path, PathBuf};

    fn corpus(target: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target)
    }

    /// Finds stay tested: an input that broke something is in its corpus as `found-<what>`.
    #[test]
    fn every_input_of_every_corpus_passes() {
        for (target, run) in TARGETS {
            let mut inputs = 0;
            for entry in corpus(target).read_dir().unwrap() {
                let path = entry.unwrap().path();
                let bytes = std::fs::read(&path).unwrap();
                println!("{}", path.display());
                run(&bytes);
                inputs += 1;
            }
            assert!(inputs >= 3, "{target} has a corpus of {inputs}");
        }
    }

    #[test]
    fn the_committed_seeds_are_those_that_the_source_makes() {
        for Seed { target, name, bytes } in seeds() {
            let path = corpus(target).join(&name);
            let committed = std::fs::read(&path).unwrap_or_else(|error| {
                panic!("{}: {error}; write it with `cargo run --example seeds`", path.display())
            });
            assert!(committed == bytes, "{}: write it anew with `cargo run --example seeds`", path.display());
        }
    }
}
