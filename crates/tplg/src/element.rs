//! What blocks are made of: a record, its private data, and in the case of widgets controls.

use crate::block::{Block, BlockKind};
use crate::control::Control;
use crate::cursor::{Cursor, word_at};
use crate::error::{Error, Part, Reason};
use crate::layout::{Field, text};
use crate::link::{Dai, Link};
use crate::manifest::Manifest;
use crate::pcm::Pcm;
use crate::records;
use crate::widget::Widget;

/// One element of a block.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Element<'a> {
    /// Counts, and data about the file.
    Manifest(Manifest<'a>),
    /// A node of the graph.
    Widget(Widget<'a>),
    /// An edge of the graph.
    Route(Route<'a>),
    /// A control that no widget owns.
    Control(Control<'a>),
    /// A PCM device.
    Pcm(Pcm<'a>),
    /// A link of any kind.
    Link(Link<'a>),
    /// A digital audio interface.
    Dai(Dai<'a>),
    /// The payload of a block of private data, of a vendor, or of an unknown kind.
    Opaque(&'a [u8]),
}

impl<'a> Element<'a> {
    /// Takes an element off the payload of `block`: finds its ends, and no more than that.
    pub(crate) fn read(block: &Block<'a>, cursor: &mut Cursor<'a>) -> Result<Self, Error> {
        Ok(match block.kind() {
            BlockKind::Manifest => Self::Manifest(Manifest::read(cursor)?),
            BlockKind::Widget => Self::Widget(Widget::read(cursor, block.index())?),
            BlockKind::Graph => Self::Route(Route::read(cursor)?),
            kind if kind.is_controls() => Self::Control(Control::read(cursor)?),
            kind if kind.is_link() => Self::Link(Link::read(cursor, kind)?),
            BlockKind::Pcm => Self::Pcm(Pcm::read(cursor)?),
            BlockKind::Dai => Self::Dai(Dai::read(cursor)?),
            _ => Self::Opaque(cursor.take(Part::Payload, cursor.rest().len())?),
        })
    }

    /// Checks strings, counts and vendor arrays.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match self {
            Self::Manifest(_) | Self::Opaque(_) => Ok(()),
            Self::Widget(widget) => widget.check(),
            Self::Route(route) => route.check(),
            Self::Control(control) => control.check(),
            Self::Pcm(pcm) => pcm.check(),
            Self::Link(link) => link.check(),
            Self::Dai(dai) => dai.check(),
        }
    }
}

/// A record with its private data.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raw<'a> {
    /// Byte of the file at which the record starts.
    pub(crate) offset: usize,
    /// The record's bytes.
    pub(crate) record: &'a [u8],
    /// What follows it.
    pub(crate) private: Cursor<'a>,
}

impl<'a> Raw<'a> {
    /// Takes a record `R` and its private data, whose size is the last word of every record that has some.
    pub(crate) fn read<R: Field>(cursor: &mut Cursor<'a>) -> Result<Self, Error> {
        let offset = cursor.at();
        let record = cursor.take(Part::Record, R::LEN)?;
        let private = cursor.part(Part::Private, word_at(record, R::LEN - 4) as usize)?;
        Ok(Self { offset, record, private })
    }

    /// Whether the size field at byte `at` of the record is `expected`.
    pub(crate) fn sized(self, at: usize, expected: u32) -> Result<Self, Error> {
        match word_at(self.record, at) {
            found if found == expected => Ok(self),
            found => Err(Error { offset: self.offset + at, reason: Reason::Size { found, expected } }),
        }
    }

    /// Whether the count at byte `at` of the record counts entries of a table of `limit`.
    pub(crate) fn counted(&self, at: usize, limit: usize) -> Result<(), Error> {
        match word_at(self.record, at) {
            found if found as usize <= limit => Ok(()),
            found => {
                Err(Error { offset: self.offset + at, reason: Reason::Count { found, limit: limit as u32 } })
            }
        }
    }

    /// Whether the strings of the record are strings.
    pub(crate) fn strings<R: Field>(&self) -> Result<(), Error> {
        R::check(&mut Cursor::starting_at(self.record, self.offset))
    }

    /// The record's fields.
    pub(crate) fn fields<R: Field>(&self) -> R {
        R::read(&mut &*self.record)
    }
}

/// An edge of the graph.
#[derive(Clone, Copy, Debug)]
pub struct Route<'a> {
    offset: usize,
    record: &'a [u8],
}

impl<'a> Route<'a> {
    fn read(cursor: &mut Cursor<'a>) -> Result<Self, Error> {
        Ok(Self { offset: cursor.at(), record: cursor.take(Part::Record, records::Route::LEN)? })
    }

    fn check(&self) -> Result<(), Error> {
        records::Route::check(&mut Cursor::starting_at(self.record, self.offset))
    }

    /// Byte of the file at which it starts.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// All fields.
    pub fn record(&self) -> records::Route {
        records::Route::read(&mut &*self.record)
    }

    /// Name of the widget that audio comes from.
    pub fn source(&self) -> &'a str {
        text!(self.record, records::Route, source)
    }

    /// Name of the widget that audio goes to.
    pub fn sink(&self) -> &'a str {
        text!(self.record, records::Route, sink)
    }

    /// Name of the control that opens the route; empty if it is always open.
    pub fn control(&self) -> &'a str {
        text!(self.record, records::Route, control)
    }
}
