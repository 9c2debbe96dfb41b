//! How a mixin treats one of its outputs, as it crosses the wire in parameter 1.
//!
//! Source of the layout: SOF's `ipc4_mixer_mode_sink_config` in `src/include/ipc4/mixin_mixout.h`.

use headroom_module::{Format, ModuleError, Payload};

use crate::kit::channel_map::ChannelMap;
use crate::kit::parameter::within;

/// What one output gets. 20 bytes on the wire, little endian:
///
/// ```text
///   0 output (0 to 2) | 4 mode (0 normal, 1 remap) | 8 channels | 12 channel map | 16 gain (u16) | 18 reserved
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MixerMode {
    /// Which output.
    pub output: u8,
    /// Where its channels come from; `None`: straight across.
    pub remap: Option<Remap>,
    /// Factor of 1/1024, at most [`MixerMode::UNITY`].
    pub gain: u16,
}

/// Channels of an output, each from some channel of the input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Remap {
    /// Channels of the output, 1 to 8.
    pub channels: u8,
    /// Nibble `i` is the input's channel that goes to the output's channel `i`; 0xF is silence.
    pub map: u32,
}

impl MixerMode {
    /// The mixin's parameter of these, with a word before them that counts them.
    pub const PARAMETER: u32 = 1;

    /// The mixin's parameter of how many runs lie, at the least, between two of which its host is told that there was
    /// nothing to mix: a word, 1 to 65,535.
    pub const UNDERRUN_PERIOD: u32 = 0;

    /// The gain that leaves audio as it is.
    pub const UNITY: u16 = 0x400;

    /// Outputs that a mixin has.
    pub const OUTPUTS: u8 = 3;

    /// Bytes of one of these on the wire; before them stands how many there are.
    pub const BYTES: usize = 20;

    /// Takes one off the front of a payload. Gains above unity count as unity, as in SOF.
    ///
    /// # Errors
    /// [`ModuleError::ShortPayload`] or [`ModuleError::BadValue`].
    pub fn decode(payload: &mut Payload<'_>) -> Result<Self, ModuleError> {
        let last = u32::from(Self::OUTPUTS) - 1;
        let output = within(payload.u32("mixer output")?, 0..=last, "mixer output")?;
        let mode = within(payload.u32("mixer mode")?, 0..=1, "mixer mode")?;
        let channels = payload.u32("mixer output channels")?;
        let map = payload.u32("mixer channel map")?;
        let gain = payload.u32("mixer gain")? as u16;
        let remap = match mode {
            0 => None,
            _ => {
                let most = Format::MAX_CHANNELS.into();
                let channels = within(channels, 1..=most, "mixer output channels")? as u8;
                Some(Remap { channels, map })
            }
        };
        Ok(Self { output: output as u8, remap, gain: gain.min(Self::UNITY) })
    }

    /// Its bytes, without the count that stands before all of them.
    pub fn encode(&self) -> [u8; Self::BYTES] {
        let (mode, remap) = match self.remap {
            None => (0, Remap { channels: 1, map: 0 }),
            Some(remap) => (1, remap),
        };
        let words = [self.output.into(), mode, remap.channels.into(), remap.map, u32::from(self.gain)];
        let mut bytes = [0; Self::BYTES];
        for (place, word) in bytes.chunks_exact_mut(4).zip(words) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    /// As it is before anything is set: straight across at unity.
    pub(super) const fn plain(output: u8) -> Self {
        Self { output, remap: None, gain: Self::UNITY }
    }

    /// Channels that come out of a stream of `input` channels.
    pub(super) fn channels(&self, input: usize) -> usize {
        self.remap.map_or(input, |remap| remap.channels.into())
    }

    /// Whether its map names only channels that a stream of `input` channels has.
    ///
    /// # Errors
    /// [`ModuleError::BadValue`] with the first that it does not have.
    pub(super) fn check(&self, input: usize) -> Result<(), ModuleError> {
        let Some(remap) = self.remap else { return Ok(()) };
        ChannelMap(remap.map).check(remap.channels.into(), input, "channel in a mixer's map")
    }
}

impl Remap {
    /// For each channel of the output the one of the input, or `None` for silence.
    pub(super) fn sources(self) -> impl Iterator<Item = Option<usize>> {
        (0..usize::from(self.channels)).map(move |channel| ChannelMap(self.map).source(channel))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn modes_survive_the_wire(
            output in 0..3u8, gain in 0..=MixerMode::UNITY,
            remap in prop::option::of((1..=8u8, any::<u32>()).prop_map(|(channels, map)| Remap { channels, map })),
        ) {
            let mode = MixerMode { output, remap, gain };
            prop_assert_eq!(MixerMode::decode(&mut Payload::new(&mode.encode())), Ok(mode));
        }

        #[test]
        fn any_bytes_are_a_mode_or_an_error_that_names_a_field(bytes: [u8; 20], cut in 0usize..20) {
            match MixerMode::decode(&mut Payload::new(&bytes)) {
                Ok(mode) => prop_assert!(mode.gain <= MixerMode::UNITY && mode.output < 3),
                Err(error) => prop_assert!(matches!(error, ModuleError::BadValue { .. }), "{error:?}"),
            }
            prop_assert!(MixerMode::decode(&mut Payload::new(&bytes[..cut])).is_err());
        }
    }
}
