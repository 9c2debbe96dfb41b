//! Q1.31 to the bytes of a stream: rounded half up, and what does not fit counted.

use headroom_module::SampleFormat;
use headroom_resample::convert::{to_s16, to_s24};

/// Makes bytes of samples.
pub(super) struct Encoder {
    samples: SampleFormat,
    /// Samples above it don't fit: the converter stopped there, or rounding does. `None`: nothing is counted.
    highest: Option<i32>,
    clipped: u64,
    narrow: Vec<i16>,
    words: Vec<i32>,
    bytes: Vec<u8>,
}

impl Encoder {
    /// An encoder to `samples`. What only `copies` clips nothing: there, full scale is what was in the input.
    pub(super) fn new(samples: SampleFormat, copies: bool) -> Self {
        let highest = match samples {
            // Half a step above the highest value rounds up to one that there is not.
            SampleFormat::S16 => i32::MAX - (1 << 15),
            SampleFormat::S24In32 => i32::MAX - (1 << 7),
            SampleFormat::S32 | SampleFormat::F32 => i32::MAX - 1,
        };
        let highest = (!copies).then_some(highest);
        Self { samples, highest, clipped: 0, narrow: Vec::new(), words: Vec::new(), bytes: Vec::new() }
    }

    /// Samples so far that were beyond full scale.
    pub(super) fn clipped(&self) -> u64 {
        self.clipped
    }

    /// The bytes of `samples`.
    pub(super) fn encode(&mut self, samples: &[i32]) -> &[u8] {
        if let Some(highest) = self.highest {
            // The converter saturates; a sample that is -1 to the bit can't be told from one that was lower.
            let beyond = |sample: &&i32| **sample > highest || **sample == i32::MIN;
            self.clipped += samples.iter().filter(beyond).count() as u64;
        }
        self.bytes.clear();
        match self.samples {
            SampleFormat::S16 => {
                self.narrow.resize(samples.len(), 0);
                to_s16(samples, &mut self.narrow);
                self.bytes.extend(self.narrow.iter().flat_map(|sample| sample.to_le_bytes()));
            }
            SampleFormat::S24In32 => {
                self.words.resize(samples.len(), 0);
                to_s24(samples, &mut self.words);
                self.bytes.extend(self.words.iter().flat_map(|sample| sample.to_le_bytes()));
            }
            SampleFormat::S32 => self.bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes())),
            SampleFormat::F32 => {
                self.bytes.extend(samples.iter().flat_map(|sample| to_float(*sample).to_le_bytes()));
            }
        }
        &self.bytes
    }
}

/// The float that is nearest; exact up to 24 bits.
fn to_float(sample: i32) -> f32 {
    (f64::from(sample) / f64::from(1u32 << 31)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_counted_and_saturated() {
        let samples = [0, i32::MAX, i32::MIN, 0x7fff_7fff, 0x7fff_8000, 0x7fff_ff80, i32::MAX - 1, -i32::MAX];
        let counts = [
            (SampleFormat::S16, 5, i32::from(i16::MAX)),
            (SampleFormat::S24In32, 4, (1 << 23) - 1),
            (SampleFormat::S32, 2, i32::MAX),
            (SampleFormat::F32, 2, 1.0f32.to_bits() as i32),
        ];
        for (kind, count, highest) in counts {
            let mut encoder = Encoder::new(kind, false);
            let bytes = encoder.encode(&samples).to_vec();
            let width = kind.container_bytes();
            assert_eq!(bytes.len(), samples.len() * width);
            let mut second = [0; 4];
            second[..width].copy_from_slice(&bytes[width..2 * width]);
            assert_eq!(i32::from_le_bytes(second), highest, "{kind}");
            assert_eq!(encoder.clipped(), count, "{kind}");
            let mut copying = Encoder::new(kind, true);
            copying.encode(&samples);
            assert_eq!(copying.clipped(), 0);
        }
    }
}
