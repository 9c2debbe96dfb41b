//! PCM devices, which is what applications open.

use crate::cursor::Cursor;
use crate::error::Error;
use crate::layout::{text, word};
use crate::raw::Raw;
use crate::records;
use crate::records::{StreamCaps, TABLE_LEN};
use crate::tuples::Tuples;

/// A PCM device.
#[derive(Clone, Copy, Debug)]
pub struct Pcm<'a>(Raw<'a>);

impl<'a> Pcm<'a> {
    pub(crate) fn read(cursor: &mut Cursor<'a>) -> Result<Self, Error> {
        Ok(Self(Raw::read::<records::Pcm>(cursor)?.sized(0, 912)?))
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        self.0.counted(core::mem::offset_of!(records::Pcm, num_streams), TABLE_LEN)?;
        self.0.strings::<records::Pcm>()?;
        Tuples::check(self.0.private)
    }

    /// Byte of the file at which it starts.
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// All fields.
    pub fn record(&self) -> records::Pcm {
        self.0.fields()
    }

    /// Its name.
    pub fn name(&self) -> &'a str {
        text!(self.0.record, records::Pcm, pcm_name)
    }

    /// Name of its DAI.
    pub fn dai_name(&self) -> &'a str {
        text!(self.0.record, records::Pcm, dai_name)
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        word!(self.0.record, records::Pcm, pcm_id)
    }

    /// What it plays, if it does. The name is the stream name of the host widget that it starts at.
    pub fn playback(&self) -> Option<StreamCaps> {
        let record = self.record();
        (record.playback != 0).then_some(record.caps[0])
    }

    /// What it records, if it does. The name is the stream name of the host widget that it ends at.
    pub fn capture(&self) -> Option<StreamCaps> {
        let record = self.record();
        (record.capture != 0).then_some(record.caps[1])
    }

    /// Its private data.
    pub fn tuples(&self) -> Tuples<'a> {
        Tuples::new(self.0.private)
    }
}
