//! What is on its way to modules: values that are not whole yet, and those for a module that is out with a job or a pass.
//!
//! ```text
//!   Mail ─► Letter ─next─► Letter       at most one for a module, as in the original
//!            └ data      └ data         blocks of the common region; nothing is taken while nothing is on its way
//! ```

use core::fmt;

use headroom_module::Block;
use headroom_module::instance::ComponentId;
use vregion::AllocError;

/// A parameter value that comes in several messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part<'a> {
    /// The first bytes of a value of `total` bytes.
    First {
        /// Bytes of the whole.
        total: usize,
        /// The first of them.
        data: &'a [u8],
    },
    /// More bytes.
    Middle {
        /// Bytes that came before.
        offset: usize,
        /// The next ones.
        data: &'a [u8],
    },
    /// What is left; the value ends with the total, whatever else follows in `data`.
    Last {
        /// Bytes that came before.
        offset: usize,
        /// The rest.
        data: &'a [u8],
    },
}

/// Why a parameter value, or a part of one, does not get to its module. A part that is refused ends its transfer.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum TransferFault {
    /// A first part while another value is not whole yet.
    Unfinished,
    /// A part of a value of which there was no first part.
    NotBegun,
    /// The whole would have no bytes, or more than the platform allows.
    Size {
        /// Bytes of the whole.
        total: usize,
        /// The most that there can be.
        limit: usize,
    },
    /// A part that does not follow what came before it, or lies behind the end.
    Offset {
        /// Where the next part begins, or the end.
        expected: usize,
        /// Where this one does.
        got: usize,
    },
    /// More than the whole, or a last part with less.
    Length {
        /// Bytes of the whole that have not come yet.
        left: usize,
    },
    /// The module is being run by another thread, and one value waits for it already.
    Waiting,
    /// No room for the whole.
    Memory(AllocError),
}

impl fmt::Display for TransferFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Unfinished => {
                f.write_str("a first part came before the last one of the value before; begin anew")
            }
            Self::NotBegun => f.write_str("there was no first part of this value; begin with one"),
            Self::Size { total, limit } => write!(f, "a value of {total} bytes; it must be 1 to {limit}"),
            Self::Offset { expected, got } => {
                write!(f, "a part from byte {got} where {expected} is next; begin anew")
            }
            Self::Length { left } => {
                write!(f, "{left} bytes are left and the part has not as many; begin anew")
            }
            Self::Waiting => f.write_str("one waits already for the end of its run; ask again then"),
            Self::Memory(error) => error.fmt(f),
        }
    }
}

/// A value for one module.
pub(crate) struct Letter<'m> {
    pub(crate) to: ComponentId,
    pub(crate) parameter: u32,
    /// Bytes that have come; `None` when the value is whole and only the module is missing.
    pub(crate) received: Option<usize>,
    /// Empty for no bytes: an empty block does not exist.
    pub(crate) data: Option<Block<'m, [u8]>>,
    next: Option<Block<'m, Letter<'m>>>,
}

impl<'m> Letter<'m> {
    pub(crate) fn new(to: ComponentId, parameter: u32, data: Option<Block<'m, [u8]>>) -> Self {
        Self { to, parameter, received: None, data, next: None }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.data.as_deref().unwrap_or_default()
    }

    /// Puts a part where it belongs; says whether it was the last one.
    pub(crate) fn take(&mut self, parameter: u32, part: Part<'_>) -> Result<bool, TransferFault> {
        let received =
            self.received.filter(|_| self.parameter == parameter).ok_or(TransferFault::NotBegun)?;
        let (offset, data, is_last) = match part {
            Part::First { data, .. } => (0, data, false),
            Part::Middle { offset, data } => (offset, data, false),
            Part::Last { offset, data } => (offset, data, true),
        };
        if offset != received {
            return Err(TransferFault::Offset { expected: received, got: offset });
        }
        let whole = self.data.as_deref_mut().unwrap_or_default();
        let room = whole.get_mut(offset..).unwrap_or_default();
        let left = room.len();
        let data = if is_last { data.get(..left) } else { Some(data).filter(|data| data.len() <= left) };
        let data = data.ok_or(TransferFault::Length { left })?;
        room[..data.len()].copy_from_slice(data);
        self.received = Some(received + data.len());
        Ok(is_last)
    }
}

/// All letters, the newest first.
#[derive(Default)]
pub(crate) struct Mail<'m> {
    first: Option<Block<'m, Letter<'m>>>,
}

impl<'m> Mail<'m> {
    pub(crate) fn post(&mut self, mut letter: Block<'m, Letter<'m>>) {
        letter.next = self.first.take();
        self.first = Some(letter);
    }

    /// Whether a whole value waits for anybody. O(letters).
    pub(crate) fn anything_waits(&self) -> bool {
        let letters = core::iter::successors(self.first.as_deref(), |letter| letter.next.as_deref());
        letters.into_iter().any(|letter| letter.received.is_none())
    }

    /// Takes the letter to a module out. O(letters).
    pub(crate) fn take(&mut self, to: ComponentId) -> Option<Block<'m, Letter<'m>>> {
        let mut link = &mut self.first;
        while link.as_ref().is_some_and(|letter| letter.to != to) {
            link = &mut link.as_mut()?.next;
        }
        let mut letter = link.take()?;
        *link = letter.next.take();
        Some(letter)
    }

    /// The whole value that waits for a module.
    pub(crate) fn waiting(&self, to: ComponentId) -> Option<&Letter<'m>> {
        let mut link = &self.first;
        while let Some(letter) = link {
            if letter.to == to {
                return Some(&**letter).filter(|letter| letter.received.is_none());
            }
            link = &letter.next;
        }
        None
    }

    /// That a value can be sent to a module. One that is not whole is given up: a host that sends another has given it up
    /// too.
    pub(crate) fn make_way(&mut self, to: ComponentId) -> Result<(), TransferFault> {
        match self.take(to) {
            None => Ok(()),
            Some(letter) if letter.received.is_some() => Err(TransferFault::Unfinished),
            Some(letter) => {
                self.post(letter);
                Err(TransferFault::Waiting)
            }
        }
    }
}
