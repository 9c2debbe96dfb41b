//! Why bytes are not a message, and why a message can't become bytes.

use core::fmt;

/// Why a message could not be decoded.
///
/// `offset` counts bytes from the start of the message, or of the list in the case of vendor parameters; from there on `needed` bytes are called for and only
/// `got` are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// The two header words are not all there.
    Header {
        /// Where the message starts: 0.
        offset: usize,
        /// Bytes of a header.
        needed: usize,
        /// Bytes of the message.
        got: usize,
    },
    /// Bit 29 of the primary word says that this is a reply.
    NotARequest {
        /// The primary word.
        primary: u32,
    },
    /// Bit 29 of the primary word says that this is a request or a notification.
    NotAReply {
        /// The primary word.
        primary: u32,
    },
    /// Not a notification, or one of another type than resource event.
    NotAResourceEvent {
        /// The primary word.
        primary: u32,
    },
    /// A create pipeline message announces a payload that is shorter than it says.
    PipelinePayload {
        /// Where the payload starts.
        offset: usize,
        /// Bytes that its header, or `payload_words`, asks for.
        needed: usize,
        /// Bytes that follow.
        got: usize,
    },
    /// A set state message for several pipelines does not carry all ids that it counts.
    PipelineIds {
        /// Where the count is.
        offset: usize,
        /// Bytes of the count and of the ids it promises.
        needed: usize,
        /// Bytes that follow.
        got: usize,
    },
    /// `param_block_size` of an init message promises more than was sent.
    ModulePayload {
        /// Where the payload starts.
        offset: usize,
        /// Bytes that the message promises.
        needed: usize,
        /// Bytes that follow.
        got: usize,
    },
    /// An init message is marked as extended, but its payload can't hold the extension's header.
    ExtendedInit {
        /// Where the payload starts.
        offset: usize,
        /// Bytes of an extension header.
        needed: usize,
        /// Bytes of the payload.
        got: usize,
    },
    /// An object array ends before an object that is marked as the last one.
    ObjectHeader {
        /// Where the next object header should be.
        offset: usize,
        /// Bytes of an object header.
        needed: usize,
        /// Bytes that are left for objects.
        got: usize,
    },
    /// An object is larger than what is left of its array.
    ObjectBody {
        /// Where the object's words start.
        offset: usize,
        /// Bytes that its header promises.
        needed: usize,
        /// Bytes that are left for objects.
        got: usize,
    },
    /// A large configuration in one piece is shorter than its total size.
    LargeConfig {
        /// Where the data starts.
        offset: usize,
        /// The total that the message names.
        needed: usize,
        /// Bytes that follow.
        got: usize,
    },
    /// A list of vendor parameters ends within the type and length of one.
    VendorHeader {
        /// Where the type is, counted from the start of the list.
        offset: usize,
        /// Bytes of a type and a length.
        needed: usize,
        /// Bytes that are left of the list.
        got: usize,
    },
    /// A vendor parameter is longer than what is left of its list.
    VendorValue {
        /// Where the value starts, counted from the start of the list.
        offset: usize,
        /// Its length.
        needed: usize,
        /// Bytes that are left of the list.
        got: usize,
    },
    /// A notification ends before its ten words.
    Event {
        /// Where the payload starts.
        offset: usize,
        /// Bytes of a resource event.
        needed: usize,
        /// Bytes that follow.
        got: usize,
    },
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, remedy, (offset, needed, got)) = match *self {
            Self::NotARequest { primary } => {
                return write!(
                    f,
                    "primary word {primary:#010x} is a reply: send requests, with bit 29 clear"
                );
            }
            Self::NotAReply { primary } => {
                return write!(f, "primary word {primary:#010x} is no reply: expect bit 29 set");
            }
            Self::NotAResourceEvent { primary } => {
                return write!(f, "primary word {primary:#010x} is no resource event: expect 0x1b050000");
            }
            Self::Header { offset, needed, got } => {
                ("message header", "send both header words", (offset, needed, got))
            }
            Self::PipelinePayload { offset, needed, got } => {
                ("pipeline payload", "correct payload_words or clear extension bit 29", (offset, needed, got))
            }
            Self::PipelineIds { offset, needed, got } => {
                ("pipeline id list", "send count, then as many ids", (offset, needed, got))
            }
            Self::ModulePayload { offset, needed, got } => {
                ("module payload", "correct param_block_size, which counts words", (offset, needed, got))
            }
            Self::ExtendedInit { offset, needed, got } => (
                "extended init header",
                "send its three words or clear extension bit 29",
                (offset, needed, got),
            ),
            Self::ObjectHeader { offset, needed, got } => {
                ("object header", "mark the last object with bit 0 of its header", (offset, needed, got))
            }
            Self::ObjectBody { offset, needed, got } => {
                ("object", "correct object_words or the size around it", (offset, needed, got))
            }
            Self::LargeConfig { offset, needed, got } => {
                ("configuration data", "send the total size, or use fragments", (offset, needed, got))
            }
            Self::VendorHeader { offset, needed, got } => {
                ("vendor parameter", "send type and length of each", (offset, needed, got))
            }
            Self::VendorValue { offset, needed, got } => {
                ("vendor value", "correct its length or the size around it", (offset, needed, got))
            }
            Self::Event { offset, needed, got } => {
                ("resource event", "send all ten words", (offset, needed, got))
            }
        };
        write!(f, "{what} at byte {offset} needs {needed} bytes, got {got}: {remedy}")
    }
}

impl core::error::Error for DecodeError {}

/// Why a message could not be encoded; the buffer's content is then unspecified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncodeError {
    /// The buffer is too small.
    Space {
        /// Bytes that the message takes.
        needed: usize,
        /// Bytes of the buffer.
        got: usize,
    },
    /// A number does not fit its field.
    TooLarge {
        /// The field, in the protocol's words.
        field: &'static str,
        /// The number; `u32::MAX` stands for anything larger.
        value: u32,
        /// The largest that fits.
        max: u32,
    },
    /// Bytes that the protocol counts in words are not a whole number of words.
    NotWords {
        /// The field, in the protocol's words.
        field: &'static str,
        /// Its length in bytes.
        got: usize,
    },
    /// The first or only fragment of a configuration is not as long as its total allows.
    Fragment {
        /// The total that the fragment names, in bytes.
        total: u32,
        /// Bytes of data given.
        got: usize,
    },
    /// A create message that was received with a faulty payload has none that could be sent.
    Faulty(DecodeError),
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Space { needed, got } => {
                write!(f, "message of {needed} bytes does not fit {got}: give a larger buffer")
            }
            Self::TooLarge { field, value, max } => {
                write!(f, "{field} {value} is above {max}: give a smaller one")
            }
            Self::NotWords { field, got } => {
                write!(f, "{field} of {got} bytes is not whole words: pad it to a multiple of 4")
            }
            Self::Fragment { total, got } => {
                write!(f, "fragment of {got} bytes contradicts its total of {total}: make them agree")
            }
            Self::Faulty(fault) => {
                write!(f, "pipeline payload was received with a fault ({fault}): set `memory` first")
            }
        }
    }
}

impl core::error::Error for EncodeError {}
