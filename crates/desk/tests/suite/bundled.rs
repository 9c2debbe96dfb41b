//! Every topology in the topologies folder runs as it is, wants nothing and reports nothing missing.

use headroom_desk::Execution;
use headroom_testbench::audio::{Audio, spec, write};
use headroom_testbench::folder;
use headroom_topology::BUNDLED;
use hound::SampleFormat;

use crate::support::{bundled, play, play_with};

/// Length, rate, channels and bits of what each of them writes.
const OUTPUTS: [(&str, usize, u32, u16, u16); 9] = [
    ("capture-src-lite.toml", 16_000, 16_000, 2, 16),
    ("capture.toml", 24_000, 48_000, 4, 32),
    ("playback-8-channels.toml", 24_000, 96_000, 8, 32),
    ("playback-mix.toml", 48_000, 48_000, 2, 32),
    ("playback-src.toml", 96_000, 48_000, 2, 32),
    ("playback-stand-in.toml", 24_000, 48_000, 2, 32),
    ("playback-two-pcms.toml", 24_000, 48_000, 2, 32),
    ("playback-two-pipelines.toml", 48_000, 48_000, 2, 24),
    ("playback.toml", 24_000, 48_000, 2, 32),
];

#[test]
fn all_of_them_play_to_the_end() {
    let (_folder, path) = folder();
    let out = path("out.wav");
    for (name, frames, rate, channels, bits) in OUTPUTS {
        let text = bundled(name);
        let seen = play(&text, &out).unwrap();
        let audio = Audio::read(&out);
        assert_eq!(audio.frames(), frames, "{name}");
        let spec = audio.spec;
        assert_eq!((spec.sample_rate, spec.channels, spec.bits_per_sample), (rate, channels, bits), "{name}");
        assert_eq!(seen.underruns(), 0, "{name}");
        let real = seen.modules.iter().filter(|module| !module.stand_in);
        for figures in real.filter_map(|module| module.region) {
            assert_eq!((figures.late_requests, figures.refused, figures.interim_peak), (0, 0, 0), "{name}");
        }
        let peak = audio.channels[0].iter().fold(0.0f64, |peak, value| peak.max(value.abs()));
        assert!(peak > 0.25, "{name} is all but silent: {peak}");
    }
}

/// Half of the input and a quarter of it, once both ramps are over.
#[test]
fn the_mix_is_the_sum_of_its_ways() {
    let (_folder, path) = folder();
    let text = bundled("playback-mix.toml");
    let (mixed, straight) = (path("mixed.wav"), path("straight.wav"));
    play(&text, &mixed).unwrap();
    let plain = text.replace("gain_db = -6.0", "gain_db = 0").replace("gain_db = -12.0", "gain_db = -inf");
    play(&plain, &straight).unwrap();
    let (mixed, straight) = (Audio::read(&mixed), Audio::read(&straight));
    let factor = 10f64.powf(-6.0 / 20.0) + 10f64.powf(-12.0 / 20.0);
    let pairs = mixed.channels[1].iter().zip(&straight.channels[1]).skip(48 * 201);
    let worst = pairs.map(|(mixed, straight)| (mixed - straight * factor).abs()).fold(0.0, f64::max);
    assert!(worst < 1e-8, "{worst:e}");
}

#[test]
fn the_stand_in_takes_its_whole_region_and_is_marked() {
    let (_folder, path) = folder();
    let text = bundled("playback-stand-in.toml");
    let seen = play(&text, &path("out.wav")).unwrap();
    let marked: Vec<_> = seen.modules.iter().filter(|module| module.stand_in).collect();
    assert_eq!(marked.len(), 1);
    let module = marked[0];
    assert_eq!((module.name.as_str(), module.declared_bytes, module.stack_bytes), ("stand-in", 16_384, 4096));
    let figures = module.region.unwrap();
    assert_eq!((figures.largest_free, figures.refused), (0, 0));
    assert_eq!(figures.spare, 0, "{figures:?}");
}

#[test]
fn the_table_above_has_all_of_them() {
    let names: Vec<String> = headroom_testbench::bundled().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, OUTPUTS.map(|(name, ..)| name));
    assert_eq!(BUNDLED, bundled("playback-src.toml"));
}

/// What README and `--help` say of `headroom run -i FILE`.
#[test]
fn without_a_topology_files_of_all_these_rates_and_channels_are_played() {
    let (_folder, path) = folder();
    let (input, out) = (path("in.wav"), path("out.wav"));
    for rate in headroom_resample::RATES {
        let frames = rate as usize / 20;
        for channels in 1..=8 {
            write(&input, spec(rate, channels, (16, SampleFormat::Int)), frames, |_, _| 0.1);
            let seen = play_with(BUNDLED, Some(&input), &out, Execution::VirtualTime);
            let seen = seen.unwrap_or_else(|error| panic!("{rate} Hz, {channels} channels: {error}"));
            assert_eq!(
                (seen.underruns(), Audio::read(&out).frames()),
                (0, (frames * 48_000).div_ceil(rate as usize)),
                "{rate} Hz, {channels} channels"
            );
        }
    }
}
