//! Block and format of each pin, which a host can put behind the base configuration.
//!
//! ```text
//!   0 inputs n (u16) | 2 outputs m (u16) | 4 reserved (12 B) | 16 n + m pins of 32 B
//!   a pin: 0 index | 4 bytes of a block | 8 format (24 B)
//! ```
//!
//! Source: SOF's `ipc4_base_module_cfg_ext` in `src/include/module/ipc4/base-config.h`. Nothing marks it: it is there when
//! what follows the base configuration has just the size that its first words say, else these bytes are the module's own.

use crate::audio_format::AudioFormat;

const HEADER_BYTES: usize = 16;
const PIN_BYTES: usize = 32;

/// The most pins that a side has.
const MOST: u16 = 8;

/// Queues that a module has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pins {
    /// Inputs, 0 to 8.
    pub inputs: u8,
    /// Outputs, 0 to 8.
    pub outputs: u8,
}

/// What a host says of one pin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PinConfig {
    /// Bytes of a block.
    pub block: u32,
    /// Format of its stream.
    pub format: AudioFormat,
}

impl PinConfig {
    /// Its bytes as pin `index`.
    pub fn encode(&self, index: u32) -> [u8; PIN_BYTES] {
        let mut bytes = [0; PIN_BYTES];
        bytes[..4].copy_from_slice(&index.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.block.to_le_bytes());
        bytes[8..].copy_from_slice(&self.format.encode());
        bytes
    }

    /// A pin counts by its place; its index is not looked at, as in SOF.
    fn decode(bytes: &[u8; PIN_BYTES]) -> Self {
        let [_, _, _, _, a, b, c, d, format @ ..] = bytes;
        Self { block: u32::from_le_bytes([*a, *b, *c, *d]), format: AudioFormat::decode(format) }
    }
}

/// All pins that a host says something of, read where they lie.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PinConfigs<'a> {
    inputs: &'a [[u8; PIN_BYTES]],
    outputs: &'a [[u8; PIN_BYTES]],
}

impl<'a> PinConfigs<'a> {
    /// The pins that `own`, the bytes behind a base configuration, are about; none when they are the module's own. O(1).
    pub fn find(own: &'a [u8]) -> Self {
        let none = Self::default();
        let Some(([a, b, c, d, ..], pins)) = own.split_first_chunk::<HEADER_BYTES>() else { return none };
        let (inputs, outputs) = (u16::from_le_bytes([*a, *b]), u16::from_le_bytes([*c, *d]));
        let (pins, rest) = pins.as_chunks();
        if inputs > MOST || outputs > MOST || !rest.is_empty() {
            return none;
        }
        match pins.split_at_checked(inputs.into()) {
            Some((inputs, rest)) if rest.len() == usize::from(outputs) => Self { inputs, outputs: rest },
            _ => none,
        }
    }

    /// The header that stands before the pins.
    pub fn header(pins: Pins) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        (bytes[0], bytes[2]) = (pins.inputs, pins.outputs);
        bytes
    }

    /// The inputs, by queue id.
    pub fn inputs(&self) -> impl ExactSizeIterator<Item = PinConfig> + use<'a> {
        self.inputs.iter().map(PinConfig::decode)
    }

    /// The outputs, by queue id.
    pub fn outputs(&self) -> impl ExactSizeIterator<Item = PinConfig> + use<'a> {
        self.outputs.iter().map(PinConfig::decode)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn pin() -> impl Strategy<Value = PinConfig> {
        any::<(u32, [u8; 24])>().prop_map(|(block, mut format)| {
            // The reserved byte of a format is not kept.
            format[23] = 0;
            PinConfig { block, format: AudioFormat::decode(&format) }
        })
    }

    fn encode(inputs: &[PinConfig], outputs: &[PinConfig]) -> Vec<u8> {
        let pins = Pins { inputs: inputs.len() as u8, outputs: outputs.len() as u8 };
        let all = inputs.iter().chain(outputs).zip(0..).flat_map(|(pin, index)| pin.encode(index));
        PinConfigs::header(pins).into_iter().chain(all).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn pins_survive_the_wire_and_any_other_size_is_the_modules_own(
            inputs in vec(pin(), 0..=8), outputs in vec(pin(), 0..=8), more in 1usize..40, cut in 1usize..40,
        ) {
            let bytes = encode(&inputs, &outputs);
            let found = PinConfigs::find(&bytes);
            prop_assert!(found.inputs().eq(inputs.iter().copied()) && found.outputs().eq(outputs.iter().copied()));
            let longer: Vec<u8> = bytes.iter().copied().chain(std::iter::repeat_n(0, more)).collect();
            prop_assert_eq!(PinConfigs::find(&longer), PinConfigs::default());
            let shorter = &bytes[..bytes.len().saturating_sub(cut)];
            prop_assert_eq!(PinConfigs::find(shorter), PinConfigs::default());
        }

        #[test]
        fn any_bytes_have_at_most_eight_pins_a_side(bytes in vec(any::<u8>(), 0..600), counts: [u8; 2]) {
            let mut bytes = bytes;
            for (at, count) in [0, 2].into_iter().zip(counts) {
                if let Some(place) = bytes.get_mut(at..at + 2) {
                    place.copy_from_slice(&u16::from(count % 12).to_le_bytes());
                }
            }
            let found = PinConfigs::find(&bytes);
            prop_assert!(found.inputs().len() <= 8 && found.outputs().len() <= 8);
        }
    }

    #[test]
    fn nine_pins_are_too_many() {
        let pin = PinConfig { block: 384, format: AudioFormat::decode(&[1; 24]) };
        for (inputs, outputs, found) in [(8, 8, 16), (9, 0, 0), (0, 9, 0), (0, 0, 0)] {
            let bytes = encode(&std::vec![pin; inputs], &std::vec![pin; outputs]);
            let pins = PinConfigs::find(&bytes);
            assert_eq!(pins.inputs().len() + pins.outputs().len(), found);
        }
    }
}
