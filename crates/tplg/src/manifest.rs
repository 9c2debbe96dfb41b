//! What is said about the file as a whole.

use core::fmt;

use crate::cursor::Cursor;
use crate::error::Error;
use crate::layout::Field;
use crate::raw::Raw;
use crate::records;

/// Data type of an NHLT among the manifest's data.
const NHLT: u32 = 1;

/// The counts of the elements, and private data that start with the ABI of SOF.
#[derive(Clone, Copy, Debug)]
pub struct Manifest<'a>(Raw<'a>);

/// The ABI of SOF that a file was made for. The major number is that of all; which IPC the file is for shows
/// in how many bytes the numbers have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abi {
    /// For firmware that speaks IPC3: three bytes.
    Ipc3 {
        /// Changes with whatever breaks older firmware.
        major: u8,
        /// Changes with whatever adds to it.
        minor: u8,
        /// Changes with whatever repairs it.
        patch: u8,
    },
    /// For firmware that speaks IPC4: three 16-bit numbers.
    Ipc4 {
        /// Changes with whatever breaks older firmware.
        major: u16,
        /// Changes with whatever adds to it.
        minor: u16,
        /// Changes with whatever repairs it.
        patch: u16,
    },
}

impl fmt::Display for Abi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ipc3 { major, minor, patch } => write!(f, "{major}.{minor}.{patch} (IPC3)"),
            Self::Ipc4 { major, minor, patch } => write!(f, "{major}.{minor}.{patch} (IPC4)"),
        }
    }
}

impl<'a> Manifest<'a> {
    pub(crate) fn read(cursor: &mut Cursor<'a>) -> Result<Self, Error> {
        Ok(Self(Raw::read::<records::Manifest>(cursor)?.sized(0, 112)?))
    }

    /// Byte of the file at which it starts.
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// All fields. The counts are those in the file, right or wrong; nothing here relies on them.
    pub fn record(&self) -> records::Manifest {
        self.0.fields()
    }

    /// The private data: the ABI and what follows it.
    pub fn private(&self) -> &'a [u8] {
        self.0.private.rest()
    }

    /// The ABI of SOF, if the private data are long enough for one.
    pub fn abi(&self) -> Option<Abi> {
        match *self.private() {
            [a, b, c, d, e, f, ..] => Some(Abi::Ipc4 {
                major: u16::from_le_bytes([a, b]),
                minor: u16::from_le_bytes([c, d]),
                patch: u16::from_le_bytes([e, f]),
            }),
            [major, minor, patch, ..] => Some(Abi::Ipc3 { major, minor, patch }),
            _ => None,
        }
    }

    /// What follows an IPC4 ABI: a type and bytes for each, as `struct sof_manifest` of Linux has them. Ends
    /// before an item that is not all there.
    pub fn items(&self) -> impl Iterator<Item = (u32, &'a [u8])> + use<'a> {
        let (count, mut rest) = match self.private() {
            [_, _, _, _, _, _, low, high, rest @ ..] => (u16::from_le_bytes([*low, *high]), rest),
            _ => (0, &[] as &[u8]),
        };
        (0..count).map_while(move |_| {
            let (header, body) = rest.split_at_checked(8)?;
            let [kind, len] = <[u32; 2]>::read(&mut &*header);
            let (item, behind) = body.split_at_checked(len as usize)?;
            rest = behind;
            Some((kind, item))
        })
    }

    /// The NHLT, a table of the configurations of endpoints.
    pub fn nhlt(&self) -> Option<&'a [u8]> {
        self.items().find_map(|(kind, item)| (kind == NHLT).then_some(item))
    }
}
