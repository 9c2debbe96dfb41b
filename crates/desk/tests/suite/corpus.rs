//! The topologies that ship: every PCM of every IPC4 file is opened, plays a second and is closed.
//!
//! The files are not ours and not here: `HEADROOM_CORPUS` names the folder that they are in (`docs/corpus.md`).

use std::collections::BTreeMap;
use std::path::Path;

use headroom_desk::{Error, Options};
use headroom_modules::MODULES;
use headroom_testbench::corpus;
use headroom_topology::{Loaded, PcmStream};
use headroom_tplg::Topology;

use crate::support::play_loaded;

/// Files for IPC4 have an ABI of three half words; those for IPC3 one of three bytes.
fn is_ipc4(file: &Path) -> bool {
    let bytes = std::fs::read(file).unwrap();
    let topology = Topology::parse(&bytes).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    topology.manifest().is_some_and(|manifest| manifest.private().len() >= 6)
}

/// Frames that came out, and how many stand-ins there were.
fn play(file: &Loaded, stream: PcmStream) -> Result<(u64, usize), Error> {
    let seen = play_loaded(file, &Options { stream: Some(stream), ..Options::default() })?;
    Ok((seen.figures.frames_out, seen.modules.iter().filter(|module| module.stand_in).count()))
}

/// Why streams can't be played, by words of their errors, and how many there are in what Debian ships. `docs/corpus.md` says
/// what is behind each.
const REASONS: [(&str, usize); 5] = [
    ("it has no output left for", 1),
    ("a converter for playback has one output format", 1),
    ("no DAI is on its way", 1),
    ("B refused", 2),
    ("a port has one partner", 6),
];

/// Files and streams of firmware-sof-signed 2026.09.2.
const SHIPPED: (usize, usize) = (247, 1467);

#[test]
fn every_pcm_of_every_topology_that_ships_plays_and_is_closed() {
    let Some(found) = corpus("tplg", "no PCM of the wild was played") else { return };
    let ipc4: Vec<_> = found.iter().filter(|file| is_ipc4(file)).collect();
    assert!(!ipc4.is_empty(), "no IPC4 topology in HEADROOM_CORPUS");
    let (mut streams, mut with_stand_ins) = (0, 0);
    let mut refused: BTreeMap<&str, usize> = BTreeMap::new();
    let mut faults = Vec::new();
    for path in &ipc4 {
        let file = Loaded::load(path, MODULES).unwrap();
        for stream in headroom_desk::streams(&file, MODULES).unwrap() {
            streams += 1;
            let name = stream.to_string();
            match play(&file, stream) {
                Ok((frames, stand_ins)) => {
                    assert!(frames > 0, "{}: {name}", path.display());
                    with_stand_ins += usize::from(stand_ins > 0);
                }
                Err(error) => {
                    let text = error.to_string();
                    match REASONS.iter().find(|(reason, _)| text.contains(reason)) {
                        Some((reason, _)) => *refused.entry(reason).or_default() += 1,
                        None => faults.push(text),
                    }
                }
            }
        }
    }
    println!(
        "{} files, {streams} streams, {with_stand_ins} with stand-ins, refused: {refused:?}",
        ipc4.len()
    );
    if (ipc4.len(), streams) == SHIPPED {
        assert_eq!(refused, BTreeMap::from(REASONS));
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
