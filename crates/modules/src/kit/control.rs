//! Switches and enumerations: the payload that a host sends for a kcontrol, and reads back.
//!
//! ```text
//!   0 control n (u16) | 2 entries m (u16) | 4 reserved (16 B) | 20 m entries: channel (u32), value (u32)
//! ```
//!
//! `n` counts the controls of that kind in the widget, from 0. Source: SOF's `sof_ipc4_control_msg_payload` in
//! `src/include/ipc4/header.h`.

use headroom_module::{ModuleError, Payload};

use crate::kit::parameter::within;

const HEADER_BYTES: usize = 20;
const ENTRY_BYTES: usize = 8;

/// What a host sets of one control.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Control<'a> {
    /// Which of its kind in the widget, from 0.
    pub index: u16,
    entries: &'a [[u8; ENTRY_BYTES]],
}

/// The value of a control for one channel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ControlEntry {
    /// The channel, or another number that the module counts by.
    pub channel: u32,
    /// A switch: 0 off, all else on. An enumeration: which item.
    pub value: u32,
}

impl ControlEntry {
    fn decode(bytes: &[u8; ENTRY_BYTES]) -> Self {
        let [a, b, c, d, value @ ..] = *bytes;
        Self { channel: u32::from_le_bytes([a, b, c, d]), value: u32::from_le_bytes(value) }
    }

    fn encode(self) -> [u8; ENTRY_BYTES] {
        let mut bytes = [0; ENTRY_BYTES];
        bytes[..4].copy_from_slice(&self.channel.to_le_bytes());
        bytes[4..].copy_from_slice(&self.value.to_le_bytes());
        bytes
    }
}

impl<'a> Control<'a> {
    /// The parameter of all switches of a module.
    pub const SWITCH: u32 = 200;
    /// The parameter of all enumerations of a module.
    pub const ENUMERATION: u32 = 201;

    /// Reads the value of [`SWITCH`](Self::SWITCH) or [`ENUMERATION`](Self::ENUMERATION). What follows the entries is not
    /// looked at, as in SOF.
    ///
    /// # Errors
    /// [`ModuleError::ShortPayload`] when it ends before the last of the entries that it says it has.
    pub fn decode(data: &'a [u8]) -> Result<Self, ModuleError> {
        let mut payload = Payload::new(data);
        let [a, b, c, d, ..]: [u8; HEADER_BYTES] = payload.array("control header")?;
        let (index, count) = (u16::from_le_bytes([a, b]), usize::from(u16::from_le_bytes([c, d])));
        let (entries, _) = payload.rest().as_chunks();
        let needed = Self::bytes(count);
        let short = ModuleError::ShortPayload { what: "control entries", needed, got: data.len() };
        Ok(Self { index, entries: entries.get(..count).ok_or(short)? })
    }

    /// What is set, in order.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = ControlEntry> + use<'a> {
        self.entries.iter().map(ControlEntry::decode)
    }

    /// The value of a control that has one for all channels. The widget has `controls` of its kind, and its values end at
    /// `max`; switches have none that is too high.
    ///
    /// # Errors
    /// [`ModuleError::BadValue`] for a control that there is not, for none or several entries, and for a value above `max`.
    pub fn only(&self, controls: u16, max: u32) -> Result<u32, ModuleError> {
        within(self.index.into(), 0..=u32::from(controls).saturating_sub(1), "number of a control")?;
        within(self.entries.len() as u32, 1..=1, "entries of a control for all channels")?;
        let value = self.entries().next().map_or(0, |entry| entry.value);
        within(value, 0..=max, "value of a control")
    }

    /// Bytes on the wire with `entries` entries.
    pub const fn bytes(entries: usize) -> usize {
        HEADER_BYTES + ENTRY_BYTES * entries
    }

    /// Writes control `index` with `entries`, of which 65,535 count, and returns the bytes: what
    /// [`decode`](Self::decode) reads, for the replies of modules and the messages of drivers.
    ///
    /// # Errors
    /// [`ModuleError::ShortReply`]; nothing is written then.
    pub fn encode(
        out: &mut [u8],
        index: u16,
        entries: impl ExactSizeIterator<Item = ControlEntry>,
    ) -> Result<usize, ModuleError> {
        let count = u16::try_from(entries.len()).unwrap_or(u16::MAX);
        let (needed, got) = (Self::bytes(count.into()), out.len());
        let room = out.get_mut(..needed).and_then(|out| out.split_at_mut_checked(HEADER_BYTES));
        let (head, rest) = room.ok_or(ModuleError::ShortReply { needed, got })?;
        head.fill(0);
        head[..2].copy_from_slice(&index.to_le_bytes());
        head[2..4].copy_from_slice(&count.to_le_bytes());
        for (place, entry) in rest.chunks_exact_mut(ENTRY_BYTES).zip(entries) {
            place.copy_from_slice(&entry.encode());
        }
        Ok(needed)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn controls_survive_the_wire_and_every_cut_is_told(
            index: u16, entries in vec(any::<(u32, u32)>(), 0..20), cut in 1usize..180,
        ) {
            let entries: Vec<ControlEntry> =
                entries.into_iter().map(|(channel, value)| ControlEntry { channel, value }).collect();
            let mut bytes = [0xEE; 200];
            let written = Control::encode(&mut bytes, index, entries.iter().copied()).unwrap();
            prop_assert_eq!(written, Control::bytes(entries.len()));
            let control = Control::decode(&bytes).unwrap();
            prop_assert_eq!(control.index, index);
            prop_assert!(control.entries().eq(entries.iter().copied()));
            let cut = Control::decode(&bytes[..written.saturating_sub(cut)]);
            prop_assert!(matches!(cut, Err(ModuleError::ShortPayload { .. })), "{cut:?}");
            let mut short = [0xEE; 200];
            let refused = Control::encode(&mut short[..written - 1], index, entries.iter().copied());
            prop_assert_eq!(refused, Err(ModuleError::ShortReply { needed: written, got: written - 1 }));
            prop_assert_eq!(short, [0xEE; 200]);
        }
    }

    #[test]
    fn a_control_for_all_channels_has_one_value_in_range() {
        let only = |index, values: &[u32], max| {
            let mut bytes = [0; 100];
            let entries = values.iter().map(|value| ControlEntry { channel: 0, value: *value });
            let written = Control::encode(&mut bytes, index, entries).unwrap();
            Control::decode(&bytes[..written]).unwrap().only(2, max)
        };
        assert_eq!([only(0, &[7], u32::MAX), only(1, &[0], 3), only(1, &[3], 3)], [Ok(7), Ok(0), Ok(3)]);
        let bad = |what, got, min, max| Err(ModuleError::BadValue { what, got, min, max });
        assert_eq!(only(2, &[1], 3), bad("number of a control", 2, 0, 1));
        assert_eq!(only(0, &[4], 3), bad("value of a control", 4, 0, 3));
        for values in [&[][..], &[1, 1]] {
            let got = values.len() as u32;
            assert_eq!(only(0, values, 3), bad("entries of a control for all channels", got, 1, 1));
        }
    }
}
