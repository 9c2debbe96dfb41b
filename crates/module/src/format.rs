//! The words that every module and the runtime share: formats, ids, domains and the passing of time.

use core::fmt;

/// How one sample lies in memory.
///
/// Source: the PCM formats of SOF's audio streams; all little endian, interleaved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SampleFormat {
    /// 16 bits in 2 bytes.
    S16,
    /// 24 bits in the low end of 4 bytes, sign-extended (`S24_4LE`).
    S24In32,
    /// 32 bits in 4 bytes.
    S32,
    /// IEEE 754 single precision, full scale at ±1.0.
    F32,
}

impl SampleFormat {
    /// Bytes that one sample takes in a stream.
    pub const fn container_bytes(self) -> usize {
        match self {
            Self::S16 => 2,
            Self::S24In32 | Self::S32 | Self::F32 => 4,
        }
    }

    /// Bits of a sample that carry audio.
    pub const fn valid_bits(self) -> u8 {
        match self {
            Self::S16 => 16,
            Self::S24In32 => 24,
            Self::S32 | Self::F32 => 32,
        }
    }
}

impl fmt::Display for SampleFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::S16 => "S16",
            Self::S24In32 => "S24_4",
            Self::S32 => "S32",
            Self::F32 => "float",
        })
    }
}

/// The format of one stream: rate, channels and samples.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Format {
    pub(crate) rate: u32,
    /// 1 to 8.
    pub(crate) channels: u8,
    pub(crate) samples: SampleFormat,
}

impl Format {
    /// The most channels that a stream can have (SOF's `PLATFORM_MAX_CHANNELS`).
    pub const MAX_CHANNELS: u8 = 8;

    /// Frames per second in Hz; 0 while it is unknown.
    pub const fn rate(&self) -> u32 {
        self.rate
    }

    /// Samples in a frame.
    pub const fn channels(&self) -> usize {
        self.channels as usize
    }

    /// How a sample lies in memory.
    pub const fn samples(&self) -> SampleFormat {
        self.samples
    }

    /// The same stream at `rate` if its own is unknown.
    #[must_use]
    pub const fn or_rate(self, rate: u32) -> Self {
        if self.rate == 0 { self.with_rate(rate) } else { self }
    }

    /// Bytes that one frame takes.
    pub const fn frame_bytes(&self) -> usize {
        self.channels() * self.samples.container_bytes()
    }

    /// The same stream at another rate.
    #[must_use]
    pub const fn with_rate(self, rate: u32) -> Self {
        Self { rate, ..self }
    }

    /// Whether a stream of format `other` is what this one announced; an unknown rate on either side matches any.
    pub const fn admits(&self, other: &Self) -> bool {
        (self.rate == 0 || other.rate == 0 || self.rate == other.rate)
            && self.channels == other.channels
            && self.samples as u8 == other.samples as u8
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} Hz, {} ch, {}", self.rate, self.channels, self.samples)
    }
}

/// Which module instance: the instance number above the module id, as IPC4 writes it in one word.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ComponentId(u32);

impl ComponentId {
    /// Instance `instance` of module `module`.
    pub const fn new(module: u16, instance: u8) -> Self {
        Self((instance as u32) << 16 | module as u32)
    }

    /// The word that IPC4 messages and DP thread names carry.
    pub const fn word(self) -> u32 {
        self.0
    }

    /// The module part.
    pub const fn module(self) -> u16 {
        self.0 as u16
    }
}

impl fmt::Display for ComponentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

/// Who runs a module, and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Domain {
    /// Low latency: in every tick, in pipeline order.
    Ll,
    /// Data processing: after the LL pass, when a block is there, with a deadline.
    Dp,
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ll => "LL",
            Self::Dp => "DP",
        })
    }
}

/// Microseconds of a second.
const MICROS: u64 = 1_000_000;

/// One LL tick: which one since the start, and how long each takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tick {
    /// Ticks since the clock began; the first is 0.
    pub index: u64,
    /// Microseconds between ticks (SOF: 1000).
    pub period_us: u32,
}

impl Tick {
    /// Frames of a stream at `rate` Hz that fall into this tick, exactly: at 44.1 kHz and 1 ms nine ticks of 44 frames
    /// and one of 45, never a drifting rounded number. O(1).
    pub const fn frames_due(&self, rate: u32) -> usize {
        let per_tick = self.period_us as u64 * rate as u64;
        let whole = per_tick / MICROS;
        if whole * MICROS == per_tick {
            return whole as usize;
        }
        // Three years of 192 kHz in ticks of 1 ms fit 64 bits, which is what a tick should cost; any tick fits 128.
        if let Some(before) = self.index.checked_mul(per_tick)
            && let Some(after) = before.checked_add(per_tick)
        {
            return (after / MICROS - before / MICROS) as usize;
        }
        let (before, micros) = (self.index as u128 * per_tick as u128, MICROS as u128);
        ((before + per_tick as u128) / micros - before / micros) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_of_every_rate_has_exactly_its_frames() {
        for rate in [8000, 11025, 22050, 44100, 48000, 88200, 176400, 192000] {
            let due = |index| Tick { index, period_us: 1000 }.frames_due(rate) as u64;
            let second: u64 = (0..1000).map(due).sum();
            assert_eq!(second, u64::from(rate));
            assert_eq!((3_599_000..3_600_000).map(due).sum::<u64>(), u64::from(rate));
        }
    }

    #[test]
    fn ticks_of_44100_hz_are_44_or_45_frames() {
        let due = |index| Tick { index, period_us: 1000 }.frames_due(44100);
        let ten = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(due);
        assert_eq!(ten, [44, 44, 44, 44, 44, 44, 44, 44, 44, 45]);
    }

    #[test]
    fn the_last_tick_of_all_overflows_nothing() {
        let due = |rate| Tick { index: u64::MAX, period_us: 1000 }.frames_due(rate);
        assert_eq!((due(48000), due(0)), (48, 0));
    }

    #[test]
    fn the_ticks_around_the_end_of_64_bits_have_their_frames() {
        // Where ticks times frames no longer fit 64 bits: the exact way takes over without a frame more or less.
        let per_tick = 1000 * 44100;
        let last = u64::MAX / per_tick;
        for start in [last - 1000, last - 500, last] {
            let due = |index| Tick { index, period_us: 1000 }.frames_due(44100) as u64;
            assert_eq!((start..start + 1000).map(due).sum::<u64>(), 44100, "from {start}");
        }
    }

    #[test]
    fn an_unknown_rate_admits_any_rate_but_no_other_shape() {
        let open = Format::new(0, 2, SampleFormat::S32).unwrap();
        assert!(open.admits(&open.with_rate(44100)));
        assert!(open.with_rate(44100).admits(&open), "nor does it matter which side doesn't know");
        assert!(!open.with_rate(48000).admits(&open.with_rate(44100)));
        assert!(!open.admits(&Format::new(0, 1, SampleFormat::S32).unwrap()));
    }

    #[test]
    fn component_ids_read_as_ipc4_writes_them() {
        assert_eq!(ComponentId::new(7, 2).word(), 0x20007);
        extern crate std;
        assert_eq!(std::format!("{}", ComponentId::new(7, 2)), "0x20007");
    }
}
