//! The copier's own init payload: output format, feature mask and gateway, as drivers write and modules read it.
//!
//! Source of the layout: SOF's `src/include/ipc4/gateway.h` and its copier's configuration.

use headroom_module::gateway::GatewayDirection;
use headroom_module::wire::AudioFormat;
use headroom_module::{ModuleError, Payload};

/// What follows the base configuration in a copier's init payload. All words are little endian:
///
/// ```text
///   0 output format (24 B) | 24 feature mask | 28 node id | 32 DMA buffer bytes | 36 config dwords n | 40 n dwords
/// ```
///
/// Of the gateway's configuration blob only the first word (its attributes) is kept: the rest is for DAI hardware.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CopierConfig {
    /// Format of the output.
    pub output: AudioFormat,
    /// Feature bits; carried, not used here.
    pub features: u32,
    /// Node id of the gateway, or `None` for a copier between two modules.
    pub node: Option<u32>,
    /// Bytes that the gateway's buffer shall have.
    pub buffer_bytes: u32,
    /// Gateway attributes; carried, not used here.
    pub attributes: u32,
}

/// A format for one of a copier's outputs, parameter 2. 52 bytes, little endian:
///
/// ```text
///   0 output (0 to 3) | 4 the copier's input format (24 B) | 28 the output's format (24 B)
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SinkFormat {
    /// Which output.
    pub output: u32,
    /// What the copier takes in; it must be that.
    pub source: AudioFormat,
    /// What the output gives out.
    pub sink: AudioFormat,
}

impl SinkFormat {
    /// The copier's parameter that takes one, and gives out those of all outputs.
    pub const PARAMETER: u32 = 2;

    /// Bytes on the wire.
    pub const BYTES: usize = 52;

    /// Takes one off the front of a payload.
    ///
    /// # Errors
    /// [`ModuleError::ShortPayload`] when it is cut off.
    pub fn decode(payload: &mut Payload<'_>) -> Result<Self, ModuleError> {
        Ok(Self {
            output: payload.u32("copier output")?,
            source: payload.format("source format")?,
            sink: payload.format("sink format")?,
        })
    }

    /// Its bytes.
    pub fn encode(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..4].copy_from_slice(&self.output.to_le_bytes());
        bytes[4..28].copy_from_slice(&self.source.encode());
        bytes[28..].copy_from_slice(&self.sink.encode());
        bytes
    }
}

/// The node id of no gateway.
const NO_NODE: u32 = u32::MAX;

impl CopierConfig {
    /// Parameter of how far the link is, to be read only, and only of copiers with one: bytes that crossed it and the
    /// microseconds at that time, 64 bits each.
    pub const LINK_POSITION: u32 = 4;

    /// The same, and then the bytes that the copier has moved.
    pub const LINK_POSITION_EXTENDED: u32 = 5;

    /// Parameter of the bits, 0 to 31 in a word, by which audio is lowered; on outputs of 24 and 32 bits.
    pub const ATTENUATION: u32 = 6;

    /// Parameter of where the channels of all outputs come from, a [`ChannelMap`](crate::kit::channel_map::ChannelMap). What
    /// goes straight across is left to the rules of conversion, which also know what to do where there are more channels
    /// on one side.
    pub const CHANNEL_MAP: u32 = 7;

    /// Bytes on the wire, with a configuration blob of one dword, the attributes.
    pub const BYTES: usize = 44;

    /// Takes the configuration off the front of what follows the base configuration. A blob of no dwords counts as
    /// attributes of 0.
    ///
    /// # Errors
    /// [`ModuleError::ShortPayload`] when it, or the blob that it says it has, is cut off.
    pub fn decode(payload: &mut Payload<'_>) -> Result<Self, ModuleError> {
        let output = payload.format("output format")?;
        let features = payload.u32("feature mask")?;
        let node = payload.u32("gateway node id")?;
        let buffer_bytes = payload.u32("gateway buffer size")?;
        let dwords = payload.u32("gateway config length")?;
        let attributes = Self::attributes(payload, dwords)?;
        let node = (node != NO_NODE).then_some(node);
        Ok(Self { output, features, node, buffer_bytes, attributes })
    }

    /// Steps over the blob; each dword is there or the error says how many bytes all of them need.
    fn attributes(payload: &mut Payload<'_>, dwords: u32) -> Result<u32, ModuleError> {
        const WHAT: &str = "gateway config data";
        let blob = usize::try_from(dwords).unwrap_or(usize::MAX).saturating_mul(4);
        if blob > payload.rest().len() {
            let got = Self::BYTES - 4 + payload.rest().len();
            let needed = blob.saturating_add(Self::BYTES - 4);
            return Err(ModuleError::ShortPayload { what: WHAT, needed, got });
        }
        let attributes = if dwords == 0 { 0 } else { payload.u32(WHAT)? };
        for _ in 1..dwords {
            payload.u32(WHAT)?;
        }
        Ok(attributes)
    }

    /// The bytes that follow the base configuration.
    pub fn encode(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let (output, words) = bytes.split_at_mut(AudioFormat::BYTES);
        output.copy_from_slice(&self.output.encode());
        let fields = [self.features, self.node.unwrap_or(NO_NODE), self.buffer_bytes, 1, self.attributes];
        for (place, word) in words.chunks_exact_mut(4).zip(fields) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }
}

/// Which way audio crosses the gateway `node`: its type is in bits 8 to 12.
///
/// The DSP names link types from its own side and host types from the host's: "host out" is what the host gives out,
/// "link out" what the DSP gives out.
///
/// # Errors
/// [`ModuleError::NoGateway`] for types that SOF does not name or that have no single direction: host or link in/out,
/// IPC, GPIO, SPI.
pub(super) fn direction(node: u32) -> Result<GatewayDirection, ModuleError> {
    match node >> 8 & 0x1F {
        0 => Ok(GatewayDirection::In),
        1 => Ok(GatewayDirection::Out),
        // HDA link, I2S, ALH/SoundWire, USB offload, I2S multilink.
        8 | 12 | 16 | 18 | 22 => Ok(GatewayDirection::Out),
        9 | 13 | 17 | 19 | 23 => Ok(GatewayDirection::In),
        // Microphones.
        11 => Ok(GatewayDirection::In),
        _ => Err(ModuleError::NoGateway { node }),
    }
}

/// Whether the gateway `node` leads to a link: types 0 to 2 lead to the host.
pub(super) fn is_link(node: u32) -> bool {
    node >> 8 & 0x1F > 2
}

#[cfg(test)]
mod tests {
    use headroom_module::{Format, SampleFormat};
    use proptest::prelude::*;

    use super::*;

    fn config() -> CopierConfig {
        let output = AudioFormat::from(Format::new(48000, 2, SampleFormat::S32).unwrap());
        CopierConfig { output, features: 0, node: Some(0x801), buffer_bytes: 768, attributes: 1 }
    }

    #[test]
    fn node_types_have_the_direction_that_sof_gives_them() {
        let directions: [Option<GatewayDirection>; 32] =
            core::array::from_fn(|kind| direction((kind as u32) << 8 | 0x42).ok());
        let all = |wanted| (0..32).filter(move |&kind| directions[kind] == wanted);
        assert!(all(Some(GatewayDirection::In)).eq([0, 9, 11, 13, 17, 19, 23]));
        assert!(all(Some(GatewayDirection::Out)).eq([1, 8, 12, 16, 18, 22]));
        assert!((0..32).filter(|&kind| !is_link(kind << 8 | 0x42)).eq(0..3));
        assert_eq!(direction(0x1805), Err(ModuleError::NoGateway { node: 0x1805 }));
    }

    #[test]
    fn every_cut_names_the_field_that_it_hits() {
        let bytes = config().encode();
        let fields = [
            ("output format", 0..24),
            ("feature mask", 24..28),
            ("gateway node id", 28..32),
            ("gateway buffer size", 32..36),
            ("gateway config length", 36..40),
            ("gateway config data", 40..44),
        ];
        for (what, cuts) in fields {
            for got in cuts.clone() {
                let error = ModuleError::ShortPayload { what, needed: cuts.end, got };
                assert_eq!(CopierConfig::decode(&mut Payload::new(&bytes[..got])), Err(error));
            }
        }
    }

    #[test]
    fn a_blob_longer_than_the_payload_is_refused_before_it_is_read() {
        let mut bytes = config().encode();
        for (dwords, needed) in [(2, 48), (0x1000, 0x4028), (u32::MAX, 4 * u32::MAX as usize + 40)] {
            bytes[36..40].copy_from_slice(&u32::to_le_bytes(dwords));
            let error = ModuleError::ShortPayload { what: "gateway config data", needed, got: 44 };
            assert_eq!(CopierConfig::decode(&mut Payload::new(&bytes)), Err(error));
        }
    }

    #[test]
    fn blobs_of_none_and_of_many_dwords_are_stepped_over() {
        let mut bytes = [0xEE; 64];
        bytes[..44].copy_from_slice(&config().encode());
        for (dwords, attributes, rest) in [(0, 0, 24), (1, 1, 20), (3, 1, 12), (6, 1, 0)] {
            bytes[36..40].copy_from_slice(&u32::to_le_bytes(dwords));
            let mut payload = Payload::new(&bytes);
            assert_eq!(CopierConfig::decode(&mut payload).unwrap().attributes, attributes);
            assert_eq!(payload.rest().len(), rest);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn configurations_survive_the_wire(
            format: [u8; 24], features: u32, node in prop_oneof![Just(None), (0..NO_NODE).prop_map(Some)],
            buffer_bytes: u32, attributes: u32,
        ) {
            let output = AudioFormat::decode(&format);
            let config = CopierConfig { output, features, node, buffer_bytes, attributes };
            let bytes = config.encode();
            let mut payload = Payload::new(&bytes);
            prop_assert_eq!(CopierConfig::decode(&mut payload), Ok(config));
            prop_assert!(payload.rest().is_empty());
        }
    }
}
