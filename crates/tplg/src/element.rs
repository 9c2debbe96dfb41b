//! What blocks are made of: one type for elements of every kind, and the edges of the graph.

use crate::control::Control;
use crate::cursor::Cursor;
use crate::error::{Error, Part};
use crate::kinds::BlockKind;
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
    /// Takes an element off the payload of a block of `kind`, whose index is a widget's pipeline: finds its ends, and no
    /// more than that.
    pub(crate) fn read(kind: BlockKind, pipeline: u32, cursor: &mut Cursor<'a>) -> Result<Self, Error> {
        Ok(match kind {
            BlockKind::Manifest => Self::Manifest(Manifest::read(cursor)?),
            BlockKind::Widget => Self::Widget(Widget::read(cursor, pipeline)?),
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
