//! A volume setting as it crosses the wire: in gain's init payload, and as its parameter 0.
//!
//! Source of the layout: SOF's `peak_volume.h`.

use headroom_module::{ModuleError, Payload};

/// How the gain gets to its target.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Curve {
    /// At once.
    None,
    /// Slow near silence and ever faster away from it: the power 1.75 of time. SOF's "windows fade".
    WindowsFade,
    /// In equal steps over the duration.
    Linear,
    /// Logarithmic, in name: SOF jumps, and so does this.
    Log,
    /// As linear, in steps that wait for the sum of all channels to cross zero.
    LinearZeroCross,
    /// Logarithmic at zero crossings, in name: SOF jumps, and so does this.
    LogZeroCross,
}

impl Curve {
    /// By number on the wire.
    const ALL: [Self; 6] =
        [Self::None, Self::WindowsFade, Self::Linear, Self::Log, Self::LinearZeroCross, Self::LogZeroCross];
}

/// One volume setting. 24 bytes, little endian:
///
/// ```text
///   0 channel (0xFFFFFFFF: all) | 4 target | 8 curve | 12 reserved | 16 duration in 100 ns (u64)
///
///   curves: 0 none, 1 windows fade, 2 linear, 3 log, 4 linear at zero crossings, 5 log at zero crossings
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct VolumeSetting {
    /// The channel, or `None` for all of them.
    pub channel: Option<u32>,
    /// Gain to end at, Q1.31: 0 mute, `0x7FFF_FFFF` unity.
    pub target: u32,
    /// The way there.
    pub curve: Curve,
    /// How long it takes, in units of 100 ns; with 0 the gain jumps.
    pub duration: u64,
}

const ALL_CHANNELS: u32 = u32::MAX;

impl VolumeSetting {
    /// The parameter of these, one or more.
    pub const PARAMETER: u32 = 0;

    /// Parameter of the bits, 0 to 31 in a word, by which peak figures are raised; in SOF, too, it changes nothing of the
    /// audio.
    pub const ATTENUATION: u32 = 1;

    /// Peak figures of a `peakvol`, to be read only: 24 words. Ours: SOF shows the same words in its mailbox and has no
    /// parameter for them.
    pub const PEAKS: u32 = 3;

    /// Bytes on the wire.
    pub const BYTES: usize = 24;

    /// The gain that leaves audio as it is.
    pub const UNITY: u32 = i32::MAX as u32;

    /// Takes one setting off the front of a payload.
    ///
    /// # Errors
    /// [`ModuleError::ShortPayload`] when it is cut off; [`ModuleError::BadValue`] for a target above unity, and for a
    /// curve that there is not.
    pub fn decode(payload: &mut Payload<'_>) -> Result<Self, ModuleError> {
        let channel = payload.u32("volume channel")?;
        let target = payload.u32("target volume")?;
        let curve = payload.u32("curve")?;
        payload.u32("reserved word of a volume setting")?;
        let duration = payload.u64("curve duration")?;
        if target > Self::UNITY {
            return Err(ModuleError::BadValue {
                what: "target volume",
                got: target,
                min: 0,
                max: Self::UNITY,
            });
        }
        let max = Curve::ALL.len() as u32 - 1;
        let known = Curve::ALL.get(curve as usize).copied();
        let curve = known.ok_or(ModuleError::BadValue { what: "curve", got: curve, min: 0, max })?;
        Ok(Self { channel: (channel != ALL_CHANNELS).then_some(channel), target, curve, duration })
    }

    /// The 24 bytes.
    pub fn encode(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..4].copy_from_slice(&self.channel.unwrap_or(ALL_CHANNELS).to_le_bytes());
        bytes[4..8].copy_from_slice(&self.target.to_le_bytes());
        bytes[8..12].copy_from_slice(&(self.curve as u32).to_le_bytes());
        bytes[16..].copy_from_slice(&self.duration.to_le_bytes());
        bytes
    }

    /// Milliseconds of the ramp; 0 for a jump.
    ///
    /// SOF multiplies by 1/10000 in Q0.31, which is 214748, and rounds. Durations above 49 days count as 49 days.
    pub(super) fn ramp_ms(&self) -> u32 {
        if matches!(self.curve, Curve::None | Curve::Log | Curve::LogZeroCross) {
            return 0;
        }
        let product = u128::from(self.duration) * 214_748;
        u32::try_from(((product >> 30) + 1) >> 1).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn setting() -> impl Strategy<Value = VolumeSetting> {
        let channel = prop_oneof![Just(None), (0..ALL_CHANNELS).prop_map(Some)];
        let curve = prop::sample::select(Curve::ALL.to_vec());
        (channel, 0..=VolumeSetting::UNITY, curve, any::<u64>())
            .prop_map(|(channel, target, curve, duration)| VolumeSetting { channel, target, curve, duration })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn settings_survive_the_wire(setting in setting()) {
            let bytes = setting.encode();
            let mut payload = Payload::new(&bytes);
            prop_assert_eq!(VolumeSetting::decode(&mut payload), Ok(setting));
            prop_assert!(payload.rest().is_empty());
        }

        #[test]
        fn any_bytes_are_a_setting_or_an_error_that_names_a_field(bytes: [u8; 24], got in 0usize..24) {
            if let Err(error) = VolumeSetting::decode(&mut Payload::new(&bytes)) {
                let named = matches!(error, ModuleError::BadValue { what: "target volume" | "curve", .. });
                prop_assert!(named, "{error:?}");
            }
            let error = VolumeSetting::decode(&mut Payload::new(&bytes[..got])).unwrap_err();
            let short = matches!(error, ModuleError::ShortPayload { got: had, .. } if had == got);
            prop_assert!(short, "{error:?}");
        }
    }

    #[test]
    fn unknown_curves_and_gains_above_unity_are_refused() {
        let all = VolumeSetting { channel: None, target: 1, curve: Curve::Linear, duration: 0 };
        for got in [6, 7, u32::MAX] {
            let mut bytes = all.encode();
            bytes[8..12].copy_from_slice(&u32::to_le_bytes(got));
            let error = ModuleError::BadValue { what: "curve", got, min: 0, max: 5 };
            assert_eq!(VolumeSetting::decode(&mut Payload::new(&bytes)), Err(error));
        }
        let loud = VolumeSetting { target: 0x8000_0000, ..all };
        let error =
            ModuleError::BadValue { what: "target volume", got: 0x8000_0000, min: 0, max: 0x7FFF_FFFF };
        assert_eq!(VolumeSetting::decode(&mut Payload::new(&loud.encode())), Err(error));
    }

    #[test]
    fn durations_become_milliseconds_as_in_sof() {
        let ms =
            |duration| VolumeSetting { channel: None, target: 0, curve: Curve::Linear, duration }.ramp_ms();
        let table = [
            (0, 0),
            (4_999, 0),
            (5_001, 1),
            (10_000, 1),
            (200_000, 20),
            (2_500_000, 250),
            (u64::MAX, u32::MAX),
        ];
        for (duration, expected) in table {
            assert_eq!(ms(duration), expected, "{duration}");
        }
    }
}
