//! What the bits of a PCM's rates and formats stand for: the one table of both.
//!
//! Source: `SNDRV_PCM_RATE_*` and `SNDRV_PCM_FORMAT_*` of Linux (`include/sound/pcm.h`, `include/uapi/sound/asound.h`).

use headroom_module::SampleFormat;

/// Rates that have a bit, by bit, in Hz.
pub const LISTED_RATES: [u32; 20] = [
    5512, 8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 64_000, 88_200, 96_000, 176_400, 192_000,
    352_800, 384_000, 705_600, 768_000, 12_000, 24_000, 128_000,
];

/// Any rate between the limits; and rates that have no bit of their own.
const CONTINUOUS: u32 = 1 << 30;
const KNOT: u32 = 1 << 31;

/// Rates as a PCM offers them: a bit each.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RateSet(pub u32);

impl RateSet {
    /// The set of these rates. Those without a bit share one that says nothing of which they are.
    pub fn of(rates: impl Iterator<Item = u32>) -> Self {
        let bit = |rate| LISTED_RATES.iter().position(|known| *known == rate).map_or(KNOT, |bit| 1 << bit);
        Self(rates.fold(0, |bits, rate| bits | bit(rate)))
    }

    /// The rates that have a bit which is set, in the order of the bits.
    pub fn listed(self) -> impl Iterator<Item = u32> {
        LISTED_RATES
            .into_iter()
            .enumerate()
            .filter(move |(bit, _)| self.0 >> bit & 1 == 1)
            .map(|(_, rate)| rate)
    }

    /// Whether a PCM with these bits offers a rate. Rates without a bit, and PCMs without rates, leave it open.
    pub fn admits(self, rate: u32) -> bool {
        let bit = LISTED_RATES.iter().position(|&known| known == rate);
        self.0 == 0 || self.0 & (CONTINUOUS | KNOT) != 0 || bit.is_none_or(|bit| self.0 >> bit & 1 == 1)
    }
}

/// The bit of a sample format in what a PCM offers: S16_LE, S24_LE, S32_LE or FLOAT_LE.
pub fn format_bit(samples: SampleFormat) -> u32 {
    match samples {
        SampleFormat::S16 => 2,
        SampleFormat::S24In32 => 6,
        SampleFormat::S32 => 10,
        SampleFormat::F32 => 14,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_rate_has_a_bit_of_its_own() {
        for (bit, rate) in LISTED_RATES.into_iter().enumerate() {
            let set = RateSet::of([rate].into_iter());
            assert_eq!((set.0, set.listed().collect::<Vec<_>>()), (1 << bit, vec![rate]));
        }
    }

    #[test]
    fn what_is_not_said_is_open() {
        let cases = [
            (0, 44_100, true),
            (1 << 7, 48_000, true),
            (1 << 7, 44_100, false),
            (1 << 7, 24_000, false),
            (1 << 18, 24_000, true),
            (1 << 7, 37_800, true),
            (1 << 7 | 1 << 31, 44_100, true),
            (1 << 30, 12_345, true),
        ];
        for (bits, rate, offered) in cases {
            assert_eq!(RateSet(bits).admits(rate), offered, "{bits:#x} {rate}");
        }
    }
}
