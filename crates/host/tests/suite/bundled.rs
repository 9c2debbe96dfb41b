//! Every topology in the topologies folder runs as it is, wants nothing and reports nothing missing.

use std::path::Path;

use headroom_host::topology::BUNDLED;

use crate::audio::Audio;
use crate::support::{folder, play};

/// Length, rate, channels and bits of what each of them writes.
const OUTPUTS: [(&str, usize, u32, u16, u16); 3] = [
    ("capture-src-lite.toml", 16_000, 16_000, 2, 16),
    ("playback-src.toml", 96_000, 48_000, 2, 32),
    ("playback-two-pipelines.toml", 48_000, 48_000, 2, 24),
];

fn topologies() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies")
}

#[test]
fn all_of_them_play_to_the_end() {
    let (_folder, path) = folder();
    let out = path("out.wav");
    for (name, frames, rate, channels, bits) in OUTPUTS {
        let text = std::fs::read_to_string(topologies().join(name)).unwrap();
        let seen = play(&text, &out).unwrap();
        let audio = Audio::read(&out);
        assert_eq!(audio.frames(), frames, "{name}");
        let spec = audio.spec;
        assert_eq!((spec.sample_rate, spec.channels, spec.bits_per_sample), (rate, channels, bits), "{name}");
        assert_eq!(seen.underruns(), 0, "{name}");
        for figures in seen.modules.iter().filter_map(|module| module.region) {
            assert_eq!((figures.late_requests, figures.refused, figures.interim_peak), (0, 0, 0), "{name}");
        }
        let peak = audio.channels[0].iter().fold(0.0f64, |peak, value| peak.max(value.abs()));
        assert!(peak > 0.25, "{name} is all but silent: {peak}");
    }
}

#[test]
fn the_table_above_has_all_of_them() {
    let mut names: Vec<String> = std::fs::read_dir(topologies())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, OUTPUTS.map(|(name, ..)| name));
    assert_eq!(BUNDLED, std::fs::read_to_string(topologies().join("playback-src.toml")).unwrap());
}
