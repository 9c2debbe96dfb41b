//! Another value for one token of one widget, in place: no other byte of the file changes.

use core::fmt;

use crate::error::Error;
use crate::name::Name;
use crate::tokens::{Token, TupleType};
use crate::topology::Topology;
use crate::tuples::{Tuple, Uuid, Value};

/// Why a token did not get another value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchError {
    /// The file is not a topology.
    File(Error),
    /// No widget has the name.
    NoSuchWidget,
    /// The widget has no such token.
    NoSuchToken {
        /// The token.
        token: Token,
    },
    /// The widget has the token, but with a value of another type.
    Type {
        /// The token.
        token: Token,
        /// The type that it has.
        found: TupleType,
    },
    /// The number is larger than its type allows.
    Range {
        /// The token.
        token: Token,
        /// The largest number.
        limit: u32,
    },
    /// The text is longer than 43 bytes, or has a zero in it.
    Text {
        /// Bytes of the text.
        len: usize,
    },
}

impl fmt::Display for PatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => write!(f, "{error}"),
            Self::NoSuchWidget => write!(f, "no widget has this name; names are as in widgets()"),
            Self::NoSuchToken { token } => {
                write!(f, "the widget has no token {token}; give it one where the topology is made")
            }
            Self::Type { token, found } => {
                write!(f, "the token {token} is of type {found:?}; use a value of that type")
            }
            Self::Range { token, limit } => {
                write!(f, "the token {token} is at most {limit}; use a smaller number")
            }
            Self::Text { len } => {
                write!(f, "a text of {len} bytes doesn't fit; use at most 43, none of them zero")
            }
        }
    }
}

impl core::error::Error for PatchError {}

/// Gives `token` of the first widget called `widget` the number `value`, and says what it was. If the widget has
/// the token several times, it is the one that [`word`](crate::Widget::word) finds. Cost: that of
/// [`parse`](Topology::parse).
///
/// # Errors
///
/// All but [`Text`](PatchError::Text); the file is then as before.
pub fn set_word(file: &mut [u8], widget: &str, token: Token, value: u32) -> Result<u32, PatchError> {
    let (offset, (kind, old)) = find(file, widget, token, |value| match value {
        Value::Number(kind, number) => Some((kind, number)),
        _ => None,
    })?;
    let limit = match kind {
        TupleType::Bool => 1,
        TupleType::Byte => u8::MAX.into(),
        TupleType::Short => u16::MAX.into(),
        TupleType::Word | TupleType::Uuid | TupleType::String => u32::MAX,
    };
    if value > limit {
        return Err(PatchError::Range { token, limit });
    }
    overwrite(file, offset, &value.to_le_bytes());
    Ok(old)
}

/// Gives `token` of the first widget called `widget` the text `text`, as [`set_word`] does numbers: for the
/// scheduling domain, for example, `"LL"` or `"DP"`.
///
/// # Errors
///
/// All but [`Range`](PatchError::Range); the file is then as before.
pub fn set_text(file: &mut [u8], widget: &str, token: Token, text: &str) -> Result<(), PatchError> {
    let name = Name::new(text).ok_or(PatchError::Text { len: text.len() })?;
    let (offset, ()) = find(file, widget, token, |value| matches!(value, Value::Text(_)).then_some(()))?;
    overwrite(file, offset, &name.0);
    Ok(())
}

/// Gives `token` of the first widget called `widget` another UUID, as [`set_word`] does numbers, and says which
/// it was.
///
/// # Errors
///
/// All but [`Range`](PatchError::Range) and [`Text`](PatchError::Text); the file is then as before.
pub fn set_uuid(file: &mut [u8], widget: &str, token: Token, uuid: Uuid) -> Result<Uuid, PatchError> {
    let (offset, old) = find(file, widget, token, |value| match value {
        Value::Uuid(uuid) => Some(uuid),
        _ => None,
    })?;
    overwrite(file, offset, &uuid.0);
    Ok(old)
}

/// Where the value of the first tuple is that has `token` and a value of the right type.
fn find<T>(
    file: &[u8],
    widget: &str,
    token: Token,
    wanted: impl Fn(Value<'_>) -> Option<T>,
) -> Result<(usize, T), PatchError> {
    let topology = Topology::parse(file).map_err(PatchError::File)?;
    let widget = topology.widget(widget).ok_or(PatchError::NoSuchWidget)?;
    let mut there = widget.tokens().filter(|tuple| tuple.token == token);
    let first = there.clone().next().ok_or(PatchError::NoSuchToken { token })?;
    let found = first.value.tuple_type();
    there
        .find_map(|Tuple { value, offset, .. }| Some((offset, wanted(value)?)))
        .ok_or(PatchError::Type { token, found })
}

/// Writes bytes over others that a view of the same file was at.
fn overwrite(file: &mut [u8], offset: usize, bytes: &[u8]) {
    if let Some(old) = file.get_mut(offset..offset + bytes.len()) {
        old.copy_from_slice(bytes);
    }
}
