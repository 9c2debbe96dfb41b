//! Reading and writing WAV files as numbers, and measuring the tones in them.

use std::f64::consts::TAU;
use std::path::Path;

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

/// A file as values with full scale at ±1, one list for each channel.
pub struct Audio {
    /// What its header says.
    pub spec: WavSpec,
    /// The values of each channel.
    pub channels: Vec<Vec<f64>>,
}

impl Audio {
    /// Reads a WAV file.
    pub fn read(path: &Path) -> Self {
        let mut reader = WavReader::open(path).unwrap();
        let spec = reader.spec();
        let values: Vec<f64> = match spec.sample_format {
            SampleFormat::Float => reader.samples::<f32>().map(|sample| sample.unwrap().into()).collect(),
            SampleFormat::Int => {
                let full_scale = f64::from(1u32 << (spec.bits_per_sample - 1));
                reader.samples::<i32>().map(|sample| f64::from(sample.unwrap()) / full_scale).collect()
            }
        };
        let count = usize::from(spec.channels);
        let channel = |n: usize| values.iter().skip(n).step_by(count).copied().collect();
        Self { spec, channels: (0..count).map(channel).collect() }
    }

    /// Frames in it.
    pub fn frames(&self) -> usize {
        self.channels[0].len()
    }
}

/// The kinds of samples that files can have, by their names in topologies.
pub const WIDTHS: [(&str, u16, SampleFormat); 4] = [
    ("S16", 16, SampleFormat::Int),
    ("S24_4", 24, SampleFormat::Int),
    ("S32", 32, SampleFormat::Int),
    ("float", 32, SampleFormat::Float),
];

/// Writes `frames` frames whose samples are `value(frame, channel)`, full scale at ±1.
pub fn write(path: &Path, spec: WavSpec, frames: usize, value: impl Fn(usize, u16) -> f64) {
    let mut writer = WavWriter::create(path, spec).unwrap();
    let full_scale = f64::from(1u32 << (spec.bits_per_sample - 1));
    for frame in 0..frames {
        for channel in 0..spec.channels {
            let value = value(frame, channel);
            match spec.sample_format {
                SampleFormat::Float => writer.write_sample(value as f32).unwrap(),
                SampleFormat::Int => writer.write_sample((value * full_scale).round() as i32).unwrap(),
            }
        }
    }
    writer.finalize().unwrap();
}

/// A header; `width` is bits and kind of the samples.
pub fn spec(rate: u32, channels: u16, width: (u16, SampleFormat)) -> WavSpec {
    WavSpec { channels, sample_rate: rate, bits_per_sample: width.0, sample_format: width.1 }
}

/// A sine as a least-squares fit finds it.
#[derive(Debug)]
pub struct Tone {
    /// Its peak level in dB of full scale.
    pub level_db: f64,
    /// All that isn't the sine, in dB of it: noise, distortion, images, direct current.
    pub thd_n_db: f64,
}

/// Fits `a cos + b sin` of `hz` to `values`.
pub fn fit(values: &[f64], hz: f64, rate: u32) -> Tone {
    let step = TAU * hz / f64::from(rate);
    let waves = || values.iter().enumerate().map(move |(n, y)| (y, (step * n as f64).sin_cos()));
    let (mut cc, mut cs, mut ss, mut yc, mut ys) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (y, (sin, cos)) in waves() {
        (cc, cs, ss) = (cc + cos * cos, cs + cos * sin, ss + sin * sin);
        (yc, ys) = (yc + y * cos, ys + y * sin);
    }
    let determinant = cc * ss - cs * cs;
    let (a, b) = ((yc * ss - ys * cs) / determinant, (ys * cc - yc * cs) / determinant);
    let residue: f64 = waves().map(|(y, (sin, cos))| (y - a * cos - b * sin).powi(2)).sum();
    let (peak, residue) = (a * a + b * b, residue / values.len() as f64);
    Tone { level_db: 10.0 * peak.log10(), thd_n_db: 10.0 * (residue.max(1e-30) / (peak / 2.0)).log10() }
}
