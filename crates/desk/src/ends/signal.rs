//! Built-in signals: a sine or a chirp, computed sample by sample.

use std::f64::consts::TAU;

use headroom_module::SampleFormat;

use headroom_topology::{Signal, SignalShape};

/// A signal that is being played.
pub(crate) struct Generator {
    signal: Signal,
    at: u64,
}

/// Where chirps begin, in Hz.
const CHIRP_FROM: f64 = 20.0;

/// Where chirps end, as a part of the rate: just inside the pass-band of the converters.
const CHIRP_TO: f64 = 0.45;

impl Generator {
    pub(crate) fn new(signal: Signal) -> Self {
        Self { signal, at: 0 }
    }

    /// The next value, full scale at ±1; the same for all channels.
    pub(crate) fn next_value(&mut self) -> f64 {
        let time = self.at as f64 / f64::from(self.signal.rate);
        self.at += 1;
        let phase = match self.signal.shape {
            SignalShape::Sine(hz) => TAU * hz * time,
            SignalShape::Chirp => self.chirp_phase(time),
        };
        10f64.powf(self.signal.level_db / 20.0) * phase.sin()
    }

    /// Phase of f(t) = from · (to / from)^(t / length), the integral of its frequency.
    fn chirp_phase(&self, time: f64) -> f64 {
        let rate = f64::from(self.signal.rate);
        let length = self.signal.frames as f64 / rate;
        let growth = (CHIRP_TO * rate / CHIRP_FROM).ln();
        TAU * CHIRP_FROM * length / growth * ((growth * time / length).exp() - 1.0)
    }
}

/// `value` as its bytes in a stream of `samples`, at the front of four; rounded and saturated.
pub(crate) fn encode(value: f64, samples: SampleFormat) -> [u8; 4] {
    let integer = |bits: u32| {
        let full_scale = f64::from(1u32 << (bits - 1));
        (value * full_scale).round().clamp(-full_scale, full_scale - 1.0) as i32
    };
    match samples {
        SampleFormat::S16 => {
            let [low, high, ..] = integer(16).to_le_bytes();
            [low, high, 0, 0]
        }
        SampleFormat::S24In32 => integer(24).to_le_bytes(),
        SampleFormat::S32 => integer(32).to_le_bytes(),
        SampleFormat::F32 => (value as f32).to_le_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoding_rounds_and_saturates() {
        assert_eq!(encode(1.0, SampleFormat::S16), [0xFF, 0x7F, 0, 0]);
        assert_eq!(encode(-1.0, SampleFormat::S16), [0x00, 0x80, 0, 0]);
        assert_eq!(encode(1.0, SampleFormat::S24In32), 0x7F_FFFFi32.to_le_bytes());
        assert_eq!(encode(-2.0, SampleFormat::S32), i32::MIN.to_le_bytes());
        assert_eq!(encode(0.5, SampleFormat::F32), 0.5f32.to_le_bytes());
    }

    #[test]
    fn a_sine_has_the_level_and_period_that_were_asked_for() {
        let shape = SignalShape::Sine(1000.0);
        let samples = SampleFormat::S16;
        let signal = Signal { shape, rate: 48000, channels: 1, samples, frames: 48000, level_db: -6.0 };
        let mut generator = Generator::new(signal);
        let values: Vec<f64> = (0..96).map(|_| generator.next_value()).collect();
        let peak = values.iter().fold(0.0f64, |peak, value| peak.max(value.abs()));
        assert!((peak - 0.501_187).abs() < 1e-6, "{peak}");
        assert!((0..48).all(|n| (values[n] - values[n + 48]).abs() < 1e-9));
    }
}
