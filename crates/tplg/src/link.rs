//! What is behind the DSP: links, and digital audio interfaces.

use crate::cursor::Cursor;
use crate::error::Error;
use crate::kinds::BlockKind;
use crate::layout::{text, word};
use crate::raw::Raw;
use crate::records;
use crate::records::{HwConfig, TABLE_LEN};
use crate::tuples::Tuples;

/// A link to a back end, a codec or a DAI.
#[derive(Clone, Copy, Debug)]
pub struct Link<'a> {
    kind: BlockKind,
    raw: Raw<'a>,
}

impl<'a> Link<'a> {
    pub(crate) fn read(cursor: &mut Cursor<'a>, kind: BlockKind) -> Result<Self, Error> {
        Ok(Self { kind, raw: Raw::read::<records::Link>(cursor)?.sized(0, 1656)? })
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        self.raw.counted(core::mem::offset_of!(records::Link, num_streams), TABLE_LEN)?;
        self.raw.counted(core::mem::offset_of!(records::Link, num_hw_configs), TABLE_LEN)?;
        self.raw.strings::<records::Link>()?;
        Tuples::check(self.raw.private)
    }

    /// Byte of the file at which it starts.
    pub fn offset(&self) -> usize {
        self.raw.offset
    }

    /// The kind of its block: [`BackendLink`](BlockKind::BackendLink), [`CodecLink`](BlockKind::CodecLink) or
    /// [`DaiLink`](BlockKind::DaiLink).
    pub fn kind(&self) -> BlockKind {
        self.kind
    }

    /// All fields.
    pub fn record(&self) -> records::Link {
        self.raw.fields()
    }

    /// Its name.
    pub fn name(&self) -> &'a str {
        text!(self.raw.record, records::Link, name)
    }

    /// Name of its stream.
    pub fn stream_name(&self) -> &'a str {
        text!(self.raw.record, records::Link, stream_name)
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        word!(self.raw.record, records::Link, id)
    }

    /// The configurations of its serial interface that are in use.
    pub fn hw_configs(&self) -> impl Iterator<Item = HwConfig> + use<> {
        let record = self.record();
        record.hw_config.into_iter().take(record.num_hw_configs as usize)
    }

    /// Its private data.
    pub fn tuples(&self) -> Tuples<'a> {
        Tuples::new(self.raw.private)
    }
}

/// A digital audio interface.
#[derive(Clone, Copy, Debug)]
pub struct Dai<'a>(Raw<'a>);

impl<'a> Dai<'a> {
    pub(crate) fn read(cursor: &mut Cursor<'a>) -> Result<Self, Error> {
        Ok(Self(Raw::read::<records::Dai>(cursor)?.sized(0, 280)?))
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        self.0.strings::<records::Dai>()
    }

    /// Byte of the file at which it starts.
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// All fields.
    pub fn record(&self) -> records::Dai {
        self.0.fields()
    }

    /// Its name.
    pub fn name(&self) -> &'a str {
        text!(self.0.record, records::Dai, dai_name)
    }

    /// Its private data. No reader says what they are.
    pub fn private(&self) -> &'a [u8] {
        self.0.private.rest()
    }
}
