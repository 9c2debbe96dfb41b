//! Configuration that is too large for a header word: whole, or in fragments.

use crate::bits::Bits;
use crate::bytes::{HEADER, Writer, rest_at};
use crate::{DecodeError, EncodeError, ModuleId};

const SIZE: Bits = Bits::new("data_off_size", 0, 20);
const PARAMETER: Bits = Bits::new("large parameter id", 20, 8);
const FINAL: Bits = Bits::new("final_block", 28, 1);
const INIT: Bits = Bits::new("init_block", 29, 1);

/// Where a piece of configuration stands in the whole, with the one number that goes with it; in bytes, at
/// most 1,048,575 (20 bits).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fragment {
    /// All of it.
    Single {
        /// Bytes of the whole.
        total: u32,
    },
    /// The first piece.
    First {
        /// Bytes of the whole.
        total: u32,
    },
    /// A piece with others on both sides.
    Middle {
        /// Bytes of the whole in front of this piece.
        offset: u32,
    },
    /// The last piece; the whole ends with it.
    Last {
        /// Bytes of the whole in front of this piece.
        offset: u32,
    },
}

impl Fragment {
    /// As an extension word says it; its other bits are not looked at. The reply to a get carries one as
    /// well.
    pub const fn from_extension(extension: u32) -> Self {
        let size = SIZE.get(extension);
        match (INIT.is_set(extension), FINAL.is_set(extension)) {
            (true, true) => Self::Single { total: size },
            (true, false) => Self::First { total: size },
            (false, false) => Self::Middle { offset: size },
            (false, true) => Self::Last { offset: size },
        }
    }

    /// The bits of the extension word, for a request or for the reply to a get.
    ///
    /// # Errors
    ///
    /// [`EncodeError::TooLarge`] if the number takes more than 20 bits.
    pub fn to_extension(self) -> Result<u32, EncodeError> {
        let (first, last, size) = match self {
            Self::Single { total } => (true, true, total),
            Self::First { total } => (true, false, total),
            Self::Middle { offset } => (false, false, offset),
            Self::Last { offset } => (false, true, offset),
        };
        Ok(INIT.put(first)? | FINAL.put(last)? | SIZE.put(size)?)
    }
}

/// A large configuration, set or asked for.
///
/// Source: `struct ipc4_module_large_config`, `src/include/ipc4/module.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LargeConfig<'a> {
    /// The module instance; module 0 is the base firmware.
    pub id: ModuleId,
    /// What is configured, in the module's own numbers; 0xff is a list of vendor parameters.
    pub parameter: u8,
    /// Which part of the whole this is. In a get the total is what the driver has room for.
    pub fragment: Fragment,
    /// The bytes of this part; in a get those that say what is wanted, often none.
    ///
    /// When received by a set these are never more than the total of a first or single part. A middle or last
    /// part does not say how long it is and a mailbox is as long as it is, so that there they are all that
    /// follows: who collects the parts knows the total, and where to cut.
    pub data: &'a [u8],
}

impl<'a> LargeConfig<'a> {
    /// What get and set have in common; `data` is all that follows.
    pub(crate) fn decode_get(primary: u32, extension: u32, message: &'a [u8]) -> Self {
        Self {
            id: ModuleId::from_word(primary),
            parameter: PARAMETER.get_u8(extension),
            fragment: Fragment::from_extension(extension),
            data: rest_at(message, HEADER),
        }
    }

    /// Cuts `data` at the total, where there is one.
    pub(crate) fn decode_set(primary: u32, extension: u32, message: &'a [u8]) -> Result<Self, DecodeError> {
        let config = Self::decode_get(primary, extension, message);
        let got = config.data.len();
        let data = match config.fragment {
            Fragment::Single { total } => {
                let needed = total as usize;
                config.data.get(..needed).ok_or(DecodeError::LargeConfig { offset: HEADER, needed, got })?
            }
            Fragment::First { total } => config.data.get(..total as usize).unwrap_or(config.data),
            Fragment::Middle { .. } | Fragment::Last { .. } => config.data,
        };
        Ok(Self { data, ..config })
    }

    pub(crate) fn words(&self) -> Result<(u32, u32), EncodeError> {
        let extension = self.fragment.to_extension()? | PARAMETER.put(self.parameter)?;
        Ok((self.id.component(), extension))
    }

    /// The same for a set, whose data must agree with its total.
    pub(crate) fn set_words(&self) -> Result<(u32, u32), EncodeError> {
        let got = self.data.len();
        match self.fragment {
            Fragment::Single { total } if total as usize != got => Err(EncodeError::Fragment { total, got }),
            Fragment::First { total } if (total as usize) < got => Err(EncodeError::Fragment { total, got }),
            _ => self.words(),
        }
    }

    pub(crate) fn encode_payload(&self, out: &mut Writer<'_>) -> Result<(), EncodeError> {
        out.bytes(self.data)
    }
}
