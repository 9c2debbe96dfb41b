//! A file is a sequence of blocks, and a block a sequence of elements of one kind.
//!
//! ```text
//!  | header | element | element | … | header | element | …
//!    36       count of them, payload_size bytes
//! ```

use core::fmt;

use crate::cursor::{Cursor, word_at};
use crate::element::Element;
use crate::error::{Error, Part, Reason};
use crate::layout::{Field, word};
use crate::records::{BlockHeader, MAGIC};

macro_rules! kinds {
    ($($(#[$doc:meta])* $raw:literal $kind:ident $name:literal,)*) => {
        /// What the elements of a block are.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum BlockKind {
            $($(#[$doc])* $kind,)*
            /// A number that has no name.
            Other(u32),
        }

        impl BlockKind {
            /// The kind that has the number `raw` in a file.
            pub fn from_raw(raw: u32) -> Self {
                match raw {
                    $($raw => Self::$kind,)*
                    other => Self::Other(other),
                }
            }

            /// The number in a file.
            pub fn raw(self) -> u32 {
                match self {
                    $(Self::$kind => $raw,)*
                    Self::Other(raw) => raw,
                }
            }
        }

        /// As in `sound/asoc.h`, without `SND_SOC_TPLG_TYPE_`.
        impl fmt::Display for BlockKind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$kind => f.pad($name),)*
                    Self::Other(raw) => write!(f, "type {raw}"),
                }
            }
        }
    };
}

kinds! {
    /// Controls of numbers that no widget owns.
    1 Mixer "MIXER",
    /// Controls of bytes that no widget owns.
    2 Bytes "BYTES",
    /// Enumerated controls that no widget owns.
    3 Enum "ENUM",
    /// Routes.
    4 Graph "DAPM_GRAPH",
    /// Widgets.
    5 Widget "DAPM_WIDGET",
    /// DAI links.
    6 DaiLink "DAI_LINK",
    /// PCMs.
    7 Pcm "PCM",
    /// How many elements of each kind there are, and what is said about the file as a whole.
    8 Manifest "MANIFEST",
    /// Links to codecs.
    9 CodecLink "CODEC_LINK",
    /// Links to back ends.
    10 BackendLink "BACKEND_LINK",
    /// Private data of the file.
    11 Data "PDATA",
    /// DAIs.
    12 Dai "DAI",
    /// A vendor's firmware.
    1000 VendorFirmware "VENDOR_FW",
    /// A vendor's configuration.
    1001 VendorConfig "VENDOR_CONFIG",
    /// A vendor's coefficients.
    1002 VendorCoefficients "VENDOR_COEFF",
    /// A vendor's codec.
    1003 VendorCodec "VENDOR_CODEC",
}

impl BlockKind {
    /// Whether these are bytes whose layout isn't known here.
    pub(crate) fn is_opaque(self) -> bool {
        use BlockKind::{Data, Other, VendorCodec, VendorCoefficients, VendorConfig, VendorFirmware};
        matches!(self, Data | VendorFirmware | VendorConfig | VendorCoefficients | VendorCodec | Other(_))
    }

    pub(crate) fn is_controls(self) -> bool {
        matches!(self, Self::Mixer | Self::Bytes | Self::Enum)
    }

    pub(crate) fn is_link(self) -> bool {
        matches!(self, Self::DaiLink | Self::CodecLink | Self::BackendLink)
    }
}

/// A header with what it announces.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    offset: usize,
    header: &'a [u8],
    payload: Cursor<'a>,
}

impl<'a> Block<'a> {
    pub(crate) fn read(cursor: &mut Cursor<'a>) -> Result<Self, Error> {
        let offset = cursor.at();
        let fault = |at: usize, reason| Err(Error { offset: offset + at, reason });
        match word_at(cursor.rest(), 0) {
            MAGIC => {}
            _ if cursor.rest().len() < 4 => {}
            found if found.swap_bytes() == MAGIC => return fault(0, Reason::BigEndian),
            found => return fault(0, Reason::Magic { found }),
        }
        let header = cursor.take(Part::Header, BlockHeader::LEN)?;
        match (word!(header, BlockHeader, abi), word!(header, BlockHeader, size)) {
            (4..=5, 36) => {}
            (4..=5, found) => return fault(16, Reason::Size { found, expected: 36 }),
            (found, _) => return fault(4, Reason::Abi { found }),
        }
        let payload = cursor.part(Part::Payload, word!(header, BlockHeader, payload_size) as usize)?;
        Ok(Self { offset, header, payload })
    }

    /// Checks all elements, and that there is nothing else.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let mut cursor = self.payload;
        for _ in 0..self.elements_left() {
            Element::read(self, &mut cursor)?.check()?;
        }
        match cursor.rest().len() {
            0 => Ok(()),
            bytes => {
                Err(Error { offset: cursor.at(), reason: Reason::Leftover { kind: self.kind(), bytes } })
            }
        }
    }

    /// How many elements to read: one for all bytes, where the kind doesn't say what they are.
    fn elements_left(&self) -> u32 {
        if self.kind().is_opaque() { 1 } else { self.record().count }
    }

    /// Byte of the file at which the header starts.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The header.
    pub fn record(&self) -> BlockHeader {
        BlockHeader::read(&mut &*self.header)
    }

    /// What the elements are.
    pub fn kind(&self) -> BlockKind {
        BlockKind::from_raw(word!(self.header, BlockHeader, kind))
    }

    /// The pipeline, where this is a block of widgets. `alsatplg` writes 0 for routes, whatever pipeline they are in.
    pub fn index(&self) -> u32 {
        word!(self.header, BlockHeader, index)
    }

    /// Bytes behind the header.
    pub fn payload(&self) -> &'a [u8] {
        self.payload.rest()
    }

    /// The elements, in their order: a single [`Opaque`](Element::Opaque) one for kinds without a known layout.
    pub fn elements(&self) -> impl Iterator<Item = Element<'a>> + use<'a> {
        let (block, mut cursor) = (*self, self.payload);
        (0..block.elements_left()).map_while(move |_| Element::read(&block, &mut cursor).ok())
    }
}
