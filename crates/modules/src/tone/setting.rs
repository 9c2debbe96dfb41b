//! A tone setting as it crosses the wire: in the generator's init payload, and as its parameter 0.
//!
//! SOF's IPC4 has no layout for its generator; this one is ours, shaped like a volume setting.

use headroom_module::{Format, ModuleError, Payload};

/// One tone. 12 bytes, little endian:
///
/// ```text
///   0 channel (0xFFFFFFFF: all) | 4 frequency in Hz, Q16.16 | 8 amplitude, Q1.31
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ToneSetting {
    /// The channel, or `None` for all of them.
    pub channel: Option<u32>,
    /// Hz in Q16.16; less than half the rate of the stream.
    pub frequency: u32,
    /// Peak, Q1.31: 0 silence, `0x7FFF_FFFF` full scale.
    pub amplitude: u32,
}

const ALL_CHANNELS: u32 = u32::MAX;
const FULL_SCALE: u32 = i32::MAX as u32;

impl ToneSetting {
    /// The generator's parameter of these, one or more.
    pub const PARAMETER: u32 = 0;

    /// Bytes on the wire.
    pub const BYTES: usize = 12;

    /// What plays where nobody says what to play: 997 Hz at -20 dB of full scale.
    pub(super) const DEFAULT: Self = Self { channel: None, frequency: 997 << 16, amplitude: FULL_SCALE / 10 };

    pub(super) const SILENT: Self = Self { channel: None, frequency: 0, amplitude: 0 };

    /// Takes one setting off the front of a payload.
    ///
    /// # Errors
    /// [`ModuleError::ShortPayload`], or [`ModuleError::BadValue`] for an amplitude above full scale.
    pub fn decode(payload: &mut Payload<'_>) -> Result<Self, ModuleError> {
        let channel = payload.u32("tone channel")?;
        let frequency = payload.u32("tone frequency")?;
        let amplitude = payload.u32("tone amplitude")?;
        if amplitude > FULL_SCALE {
            let what = "tone amplitude";
            return Err(ModuleError::BadValue { what, got: amplitude, min: 0, max: FULL_SCALE });
        }
        Ok(Self { channel: (channel != ALL_CHANNELS).then_some(channel), frequency, amplitude })
    }

    /// The bytes of the setting.
    pub fn encode(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let words = [self.channel.unwrap_or(ALL_CHANNELS), self.frequency, self.amplitude];
        for (place, word) in bytes.chunks_exact_mut(4).zip(words) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    /// Turns of 1/2^32 from one frame to the next, rounded to the nearest.
    pub(super) fn step(&self, rate: u32) -> u32 {
        let rate = u64::from(rate.max(1));
        (((u64::from(self.frequency) << 16) + rate / 2) / rate) as u32
    }
}

/// Whether a payload is one or more settings that a stream of `format` can have.
///
/// # Errors
/// What is wrong with the first that is not.
pub(super) fn check(payload: Payload<'_>, format: Format) -> Result<(), ModuleError> {
    apply(payload, |_, _| (), format)
}

/// Hands each setting of a payload to `set` for every channel that it is for.
///
/// # Errors
/// What is wrong with the first bad one; those before it have been handed over.
pub(super) fn apply(
    mut payload: Payload<'_>,
    mut set: impl FnMut(usize, ToneSetting),
    format: Format,
) -> Result<(), ModuleError> {
    let channels = format.channels() as u32;
    loop {
        let setting = ToneSetting::decode(&mut payload)?;
        // Q16.16 against half the rate.
        if u64::from(setting.frequency) * 2 >= u64::from(format.rate()) << 16 {
            let (got, max) = (setting.frequency >> 16, (format.rate().saturating_sub(1)) / 2);
            return Err(ModuleError::BadValue { what: "tone frequency in Hz", got, min: 0, max });
        }
        match setting.channel {
            None => (0..channels as usize).for_each(|channel| set(channel, setting)),
            Some(channel) if channel < channels => set(channel as usize, setting),
            Some(got) => {
                return Err(ModuleError::BadValue { what: "tone channel", got, min: 0, max: channels - 1 });
            }
        }
        if payload.rest().is_empty() {
            return Ok(());
        }
    }
}
