//! A file as a whole.

use crate::block::Block;
use crate::control::Control;
use crate::cursor::Cursor;
use crate::element::{Element, Route};
use crate::error::{Error, Reason};
use crate::kinds::BlockKind;
use crate::link::{Dai, Link};
use crate::manifest::{Abi, Manifest};
use crate::pcm::Pcm;
use crate::widget::Widget;

/// A file whose bytes are known to be a topology: every length, count, string and vendor array in it.
///
/// The order of blocks means nothing: each iterator finds its elements wherever they are. Nothing is indexed:
/// iterators walk the headers of blocks, and the elements of blocks of their kind. A look-up by name costs as
/// much as that; who does many makes a table of them.
#[derive(Clone, Copy, Debug)]
pub struct Topology<'a> {
    bytes: &'a [u8],
}

impl<'a> Topology<'a> {
    /// Checks `bytes` in one pass.
    ///
    /// Accepted is what both Linux and SOF's own parser find their way through, which includes repeated tokens,
    /// tokens of unexpected types, and unknown tokens, widgets and blocks. What a driver would refuse later, as
    /// a route to nowhere, is for [`check`](Self::check).
    ///
    /// # Errors
    ///
    /// The first fault, with its offset.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        if bytes.is_empty() {
            return Err(Error { offset: 0, reason: Reason::Empty });
        }
        let mut cursor = Cursor::starting_at(bytes, 0);
        while !cursor.is_empty() {
            Block::read(&mut cursor)?.check()?;
        }
        Ok(Self { bytes })
    }

    /// All bytes.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The blocks, in their order.
    pub fn blocks(&self) -> impl Iterator<Item = Block<'a>> + use<'a> {
        let mut cursor = Cursor::starting_at(self.bytes, 0);
        core::iter::from_fn(move || Block::read(&mut cursor).ok())
    }

    /// The elements of all blocks, in their order.
    pub fn elements(&self) -> impl Iterator<Item = Element<'a>> + use<'a> {
        self.blocks().flat_map(|block| block.elements())
    }

    /// The elements of the blocks whose kind is `wanted`.
    fn within(&self, wanted: fn(BlockKind) -> bool) -> impl Iterator<Item = Element<'a>> + use<'a> {
        self.blocks().filter(move |block| wanted(block.kind())).flat_map(|block| block.elements())
    }

    /// The first manifest.
    pub fn manifest(&self) -> Option<Manifest<'a>> {
        self.within(|kind| kind == BlockKind::Manifest).find_map(|element| match element {
            Element::Manifest(manifest) => Some(manifest),
            _ => None,
        })
    }

    /// The ABI of SOF that the file was made for.
    pub fn abi(&self) -> Option<Abi> {
        self.manifest()?.abi()
    }

    /// The widgets, in their order.
    pub fn widgets(&self) -> impl Iterator<Item = Widget<'a>> + use<'a> {
        self.within(|kind| kind == BlockKind::Widget).filter_map(|element| match element {
            Element::Widget(widget) => Some(widget),
            _ => None,
        })
    }

    /// The first widget that has this name.
    pub fn widget(&self, name: &str) -> Option<Widget<'a>> {
        self.widgets().find(|widget| widget.name() == name)
    }

    /// The routes, in their order.
    pub fn routes(&self) -> impl Iterator<Item = Route<'a>> + use<'a> {
        self.within(|kind| kind == BlockKind::Graph).filter_map(|element| match element {
            Element::Route(route) => Some(route),
            _ => None,
        })
    }

    /// The controls that no widget owns, in their order.
    pub fn controls(&self) -> impl Iterator<Item = Control<'a>> + use<'a> {
        self.within(BlockKind::is_controls).filter_map(|element| match element {
            Element::Control(control) => Some(control),
            _ => None,
        })
    }

    /// The PCMs, in their order.
    pub fn pcms(&self) -> impl Iterator<Item = Pcm<'a>> + use<'a> {
        self.within(|kind| kind == BlockKind::Pcm).filter_map(|element| match element {
            Element::Pcm(pcm) => Some(pcm),
            _ => None,
        })
    }

    /// The links of all kinds, in their order.
    pub fn links(&self) -> impl Iterator<Item = Link<'a>> + use<'a> {
        self.within(BlockKind::is_link).filter_map(|element| match element {
            Element::Link(link) => Some(link),
            _ => None,
        })
    }

    /// The DAIs, in their order.
    pub fn dais(&self) -> impl Iterator<Item = Dai<'a>> + use<'a> {
        self.within(|kind| kind == BlockKind::Dai).filter_map(|element| match element {
            Element::Dai(dai) => Some(dai),
            _ => None,
        })
    }
}
