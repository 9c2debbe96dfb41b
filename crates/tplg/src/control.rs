//! Controls: what a user can set, of a widget or of nobody's.

use crate::cursor::{Cursor, word_at};
use crate::error::{Error, Part, Reason};
use crate::layout::{Field, text, word};
use crate::raw::Raw;
use crate::records::{Bytes, ControlHeader, Enum, Mixer, TABLE_LEN, TEXTS, Tlv};
use crate::tuples::Tuples;

/// Kind of a TLV whose data are an evenly spaced scale.
const DB_SCALE: u32 = 1;

/// What SOF's header starts with, in front of what a bytes control holds: one for firmware that speaks IPC3, one
/// for IPC4. The number of the parameter follows, its length, the ABI, and four words of nothing.
const SOF_MAGIC: [u32; 2] = [u32::from_le_bytes(*b"SOF\0"), u32::from_le_bytes(*b"SOF4")];
/// Bytes of that header.
const SOF_HEADER: usize = 32;

/// Which structure a control is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlKind {
    /// Numbers: a volume or a switch.
    Mixer,
    /// Any bytes.
    Bytes,
    /// One text of several.
    Enum,
}

/// A control.
#[derive(Clone, Copy, Debug)]
pub struct Control<'a> {
    kind: ControlKind,
    raw: Raw<'a>,
}

/// How values of a control become decibels: evenly spaced ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DbScale {
    /// 1/100 dB at the value 0.
    pub min: i32,
    /// 1/100 dB from one value to the next.
    pub step: u32,
    /// Whether the value 0 is silence instead.
    pub mute: bool,
}

impl DbScale {
    /// 1/100 dB at `value`; `None` is silence.
    pub fn millibels(&self, value: u32) -> Option<i64> {
        let silence = self.mute && value == 0;
        (!silence)
            .then(|| i64::from(self.min).saturating_add(i64::from(self.step).saturating_mul(value.into())))
    }
}

impl<'a> Control<'a> {
    pub(crate) fn read(cursor: &mut Cursor<'a>) -> Result<Self, Error> {
        let mut ahead = *cursor;
        let header = ahead.take(Part::Record, ControlHeader::LEN)?;
        let (kind, raw) = match word!(header, ControlHeader, info) {
            1 | 2 | 3 | 7 | 8 | 64 => (ControlKind::Mixer, Raw::read::<Mixer>(cursor)?),
            4 | 6 | 65 | 66 | 67 => (ControlKind::Enum, Raw::read::<Enum>(cursor)?),
            5 => (ControlKind::Bytes, Raw::read::<Bytes>(cursor)?),
            found => {
                let offset = cursor.at() + core::mem::offset_of!(ControlHeader, info);
                return Err(Error { offset, reason: Reason::Info { found } });
            }
        };
        let (header, len) = (ControlHeader::LEN, raw.record.len());
        Ok(Self { kind, raw: raw.sized(0, header as u32)?.sized(header, len as u32)? })
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        use core::mem::offset_of;
        match self.kind {
            ControlKind::Mixer => {
                self.raw.counted(offset_of!(Mixer, num_channels), TABLE_LEN)?;
                self.raw.strings::<Mixer>()?;
                Tuples::check(self.raw.private)
            }
            ControlKind::Bytes => self.raw.strings::<Bytes>(),
            ControlKind::Enum => {
                self.raw.counted(offset_of!(Enum, num_channels), TABLE_LEN)?;
                self.raw.counted(offset_of!(Enum, items), TEXTS)?;
                self.raw.strings::<Enum>()
            }
        }
    }

    /// Byte of the file at which it starts.
    pub fn offset(&self) -> usize {
        self.raw.offset
    }

    /// Which structure it is.
    pub fn kind(&self) -> ControlKind {
        self.kind
    }

    /// Its name.
    pub fn name(&self) -> &'a str {
        text!(self.raw.record, ControlHeader, name)
    }

    /// What controls of all kinds have.
    pub fn header(&self) -> ControlHeader {
        self.raw.fields()
    }

    /// All fields of a mixer control.
    pub fn mixer(&self) -> Option<Mixer> {
        (self.kind == ControlKind::Mixer).then(|| self.raw.fields())
    }

    /// All fields of a bytes control.
    pub fn bytes(&self) -> Option<Bytes> {
        (self.kind == ControlKind::Bytes).then(|| self.raw.fields())
    }

    /// All fields of an enumerated control.
    pub fn enumerated(&self) -> Option<Enum> {
        (self.kind == ControlKind::Enum).then(|| self.raw.fields())
    }

    /// How its values become decibels, if they do.
    pub fn db_scale(&self) -> Option<DbScale> {
        let Tlv { size, kind, data: [min, step, mute, ..] } = self.header().tlv;
        (size != 0 && kind == DB_SCALE).then_some(DbScale { min: min as i32, step, mute: mute != 0 })
    }

    /// Its private data as tuples: none but in mixer controls.
    pub fn tuples(&self) -> Tuples<'a> {
        match self.kind {
            ControlKind::Mixer => Tuples::new(self.raw.private),
            ControlKind::Bytes | ControlKind::Enum => Tuples::new(Cursor::starting_at(&[], self.raw.offset)),
        }
    }

    /// The number of the parameter that a bytes control sets, and the bytes that it sets at first; `None` without
    /// SOF's header in front of them.
    pub fn parameter(&self) -> Option<(u32, &'a [u8])> {
        let (header, data) = self.private().split_at_checked(SOF_HEADER)?;
        let [magic, id, len] = [0, 4, 8].map(|at| word_at(header, at));
        let is_ours = self.kind == ControlKind::Bytes && SOF_MAGIC.contains(&magic);
        data.get(..len as usize).filter(|_| is_ours).map(|data| (id, data))
    }

    /// Its private data: of a bytes control what it holds at first, with the header of SOF's ABI in front.
    pub fn private(&self) -> &'a [u8] {
        self.raw.private.rest()
    }
}
