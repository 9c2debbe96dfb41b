//! The topologies that ship: every PCM of every IPC4 file is opened, plays a second and is closed.
//!
//! The files are not ours and not here: `HEADROOM_CORPUS` names the folder that they are in (`docs/corpus.md`).

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use headroom_host::alsa::{AlsaOptions, AlsaTopology, PcmStream, TokenEra, run};
use headroom_host::{Error, Execution, Watch};
use headroom_tplg::Topology;

/// All compiled topologies below a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            files(&entry.path(), found);
        } else if kind.is_file() && entry.path().extension().is_some_and(|kind| kind == "tplg") {
            found.push(entry.path());
        }
    }
}

/// Files for IPC4 have an ABI of three half words; those for IPC3 one of three bytes.
fn is_ipc4(file: &Path) -> bool {
    let bytes = std::fs::read(file).unwrap();
    let topology = Topology::parse(&bytes).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    topology.manifest().is_some_and(|manifest| manifest.private().len() >= 6)
}

fn play(file: &AlsaTopology, stream: &PcmStream) -> Result<(u64, usize), Error> {
    let options = AlsaOptions {
        input: None,
        output: None,
        others: Vec::new(),
        record: None,
        execution: Execution::VirtualTime,
        firmware: Vec::new(),
        era: TokenEra::Guess,
        controls: None,
    };
    let mut seen = (0, 0);
    let mut watch = Watch {
        progress: &mut |_, _| (),
        log: &mut |_| (),
        inspect: &mut |snapshot, figures| {
            seen = (figures.frames_out, snapshot.modules.iter().filter(|module| module.stand_in).count());
        },
    };
    run(file, stream, &options, &mut watch).map(|()| seen)
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
    let Some(folder) = std::env::var_os("HEADROOM_CORPUS") else {
        let skipped = "SKIPPED: HEADROOM_CORPUS does not name a folder of .tplg files (docs/corpus.md)";
        // Past the test runner, which keeps what passing tests print.
        let _ = writeln!(std::io::stderr(), "{skipped}");
        return;
    };
    let mut found = Vec::new();
    files(Path::new(&folder), &mut found);
    found.sort();
    let ipc4: Vec<_> = found.iter().filter(|file| is_ipc4(file)).collect();
    assert!(!ipc4.is_empty(), "no IPC4 topology in {}", Path::new(&folder).display());
    let (mut streams, mut with_stand_ins) = (0, 0);
    let mut refused: BTreeMap<&str, usize> = BTreeMap::new();
    let mut faults = Vec::new();
    for path in &ipc4 {
        let file = AlsaTopology::load(path).unwrap();
        for stream in file.streams() {
            streams += 1;
            match play(&file, &stream) {
                Ok((frames, stand_ins)) => {
                    assert!(frames > 0, "{}: {stream}", path.display());
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
