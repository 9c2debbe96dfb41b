//! The answer to a request: its kind, how it ended, and what was asked for.

use crate::bits::Bits;
use crate::bytes::{HEADER, Writer, header, rest_at, word_at};
use crate::{DecodeError, EncodeError, Kind, Status};

const STATUS: Bits = Bits::new("status", 0, 24);
const EXTENSION: Bits = Bits::new("reply extension", 0, 30);

/// The answer to a request. The payload borrows: from the message when decoded, from the answerer when made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The kind of the request that is answered.
    pub kind: Kind,
    /// How it ended.
    pub status: Status,
    /// 30 bits with a meaning per kind: the value of a config get, the [`Fragment`](crate::Fragment) of a
    /// large config get, the pipeline that failed in a state change; else 0.
    pub extension: u32,
    /// What was asked for; when decoded, all that follows the header.
    pub payload: &'a [u8],
}

impl<'a> Reply<'a> {
    /// An answer without further content to any message, also to one that does not decode.
    ///
    /// Only the kind is taken from the message, out of its primary word. Less than four bytes have none and
    /// are answered as [`Kind::Global`]`(0)`: a type that the original refuses, so that drivers don't send it
    /// and can't take the answer for that to a request of their own.
    pub fn to(message: &[u8], status: Status) -> Self {
        let kind = Kind::from_primary(word_at(message, 0).unwrap_or(0));
        Self { kind, status, extension: 0, payload: &[] }
    }

    /// Takes a reply apart; reserved bits are ignored.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Header`] and [`DecodeError::NotAReply`].
    pub fn decode(message: &'a [u8]) -> Result<Self, DecodeError> {
        let (primary, extension) = header(message)?;
        if !Kind::is_reply(primary) {
            return Err(DecodeError::NotAReply { primary });
        }
        Ok(Self {
            kind: Kind::from_primary(primary),
            status: Status(STATUS.get(primary)),
            extension: EXTENSION.get(extension),
            payload: rest_at(message, HEADER),
        })
    }

    /// Writes the reply to the front of `out` and returns its length.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Space`] if `out` has less than [`encoded_len`](Self::encoded_len) bytes, and
    /// [`EncodeError::TooLarge`] for a status above 24 bits, an extension above 30, a type above 31.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, EncodeError> {
        let primary = self.kind.reply()? | STATUS.put(self.status.0)?;
        let extension = EXTENSION.put(self.extension)?;
        let length = self.encoded_len();
        let mut writer = Writer::new(out, length)?;
        writer.word(primary)?;
        writer.word(extension)?;
        writer.bytes(self.payload)?;
        Ok(length)
    }

    /// Bytes that [`encode`](Self::encode) writes.
    pub const fn encoded_len(&self) -> usize {
        HEADER.saturating_add(self.payload.len())
    }
}
