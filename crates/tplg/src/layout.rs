//! From one table of fields to a structure's offsets, its reader, its writer and the check of its strings.

use crate::cursor::Cursor;
use crate::error::{Error, Part, Reason};
use crate::fields::{FieldMut, Path, Visit};
use crate::name::{NAME_LEN, Name};

/// Something with a fixed number of bytes in a topology. Little endian, no padding.
pub(crate) trait Field: Copy {
    /// Bytes in the file.
    const LEN: usize;
    /// What a field is that nobody sets.
    const DEFAULT: Self;

    /// Takes the field off the front of `bytes`, which a check has found long enough.
    fn read(bytes: &mut &[u8]) -> Self;

    /// Hands its bytes to `sink`, from the front.
    fn write(&self, sink: &mut dyn FnMut(&[u8]));

    /// Shows it to `visit`, or what it consists of.
    fn visit(&mut self, path: &Path<'_>, visit: &mut Visit<'_>);

    /// Whether its strings are strings.
    fn check(cursor: &mut Cursor<'_>) -> Result<(), Error> {
        cursor.take(Part::Record, Self::LEN).map(drop)
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> [u8; N] {
    let Some((chunk, rest)) = bytes.split_first_chunk() else { return [0; N] };
    *bytes = rest;
    *chunk
}

macro_rules! number {
    ($($type:ty => $variant:ident),*) => {$(
        impl Field for $type {
            const LEN: usize = size_of::<$type>();
            const DEFAULT: Self = 0;

            fn read(bytes: &mut &[u8]) -> Self {
                <$type>::from_le_bytes(take(bytes))
            }

            fn write(&self, sink: &mut dyn FnMut(&[u8])) {
                sink(&self.to_le_bytes());
            }

            fn visit(&mut self, path: &Path<'_>, visit: &mut Visit<'_>) {
                visit(path, FieldMut::$variant(self));
            }
        }
    )*};
}

number!(u8 => U8, u16 => U16, u32 => U32, i32 => I32);

impl Field for Name {
    const LEN: usize = NAME_LEN;
    const DEFAULT: Self = Self::EMPTY;

    fn read(bytes: &mut &[u8]) -> Self {
        Self(take(bytes))
    }

    fn write(&self, sink: &mut dyn FnMut(&[u8])) {
        sink(&self.0);
    }

    fn visit(&mut self, path: &Path<'_>, visit: &mut Visit<'_>) {
        visit(path, FieldMut::Text(self));
    }

    fn check(cursor: &mut Cursor<'_>) -> Result<(), Error> {
        let offset = cursor.at();
        let bytes = cursor.take(Part::Record, NAME_LEN)?;
        let end = bytes.iter().position(|&byte| byte == 0);
        let text =
            end.and_then(|end| bytes.get(..end)).ok_or(Error { offset, reason: Reason::Unterminated })?;
        str::from_utf8(text).map(drop).map_err(|_| Error { offset, reason: Reason::NotUtf8 })
    }
}

impl<T: Field, const N: usize> Field for [T; N] {
    const LEN: usize = N * T::LEN;
    const DEFAULT: Self = [T::DEFAULT; N];

    fn read(bytes: &mut &[u8]) -> Self {
        core::array::from_fn(|_| T::read(bytes))
    }

    fn write(&self, sink: &mut dyn FnMut(&[u8])) {
        self.iter().for_each(|entry| entry.write(sink));
    }

    fn visit(&mut self, path: &Path<'_>, visit: &mut Visit<'_>) {
        for (n, entry) in self.iter_mut().enumerate() {
            entry.visit(&Path { index: Some(n), ..*path }, visit);
        }
    }

    fn check(cursor: &mut Cursor<'_>) -> Result<(), Error> {
        (0..N).try_for_each(|_| T::check(cursor))
    }
}

/// The value of a field that nobody sets: the one the table gives, or the type's.
macro_rules! default {
    ($type:ty) => {
        <$type as $crate::layout::Field>::DEFAULT
    };
    ($type:ty, $default:expr) => {
        $default
    };
}

/// A structure whose fields are those in the file, in their order. As it is `repr(C)` and its size is held
/// against the one in the specification, `offset_of!` gives offsets in the file.
macro_rules! record {
    ($(#[$doc:meta])* $name:ident: $len:literal
        { $($(#[$field_doc:meta])* $field:ident: $type:ty $(= $default:expr)?,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(C)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
        }

        // Size in memory = sum of the fields = size in the file: there is no padding, and nothing is missing.
        const _: () = assert!(size_of::<$name>() == $len && <$name as $crate::layout::Field>::LEN == $len);

        impl $crate::layout::Field for $name {
            const LEN: usize = 0 $(+ <$type as $crate::layout::Field>::LEN)*;
            const DEFAULT: Self = Self { $($field: $crate::layout::default!($type $(, $default)?),)* };

            fn read(bytes: &mut &[u8]) -> Self {
                Self { $($field: <$type as $crate::layout::Field>::read(bytes),)* }
            }

            fn write(&self, sink: &mut dyn FnMut(&[u8])) {
                $($crate::layout::Field::write(&self.$field, sink);)*
            }

            fn visit(&mut self, path: &$crate::fields::Path<'_>, visit: &mut $crate::fields::Visit<'_>) {
                $($crate::layout::Field::visit(
                    &mut self.$field,
                    &$crate::fields::Path { parent: Some(path), name: stringify!($field), index: None },
                    visit,
                );)*
            }

            fn check(cursor: &mut $crate::cursor::Cursor<'_>) -> Result<(), $crate::Error> {
                $(<$type as $crate::layout::Field>::check(cursor)?;)*
                Ok(())
            }
        }

        impl $crate::fields::Record for $name {
            fn for_each_field(&mut self, visit: &mut $crate::fields::Visit<'_>) {
                $($crate::layout::Field::visit(
                    &mut self.$field,
                    &$crate::fields::Path { parent: None, name: stringify!($field), index: None },
                    visit,
                );)*
            }
        }

        impl Default for $name {
            fn default() -> Self {
                <Self as $crate::layout::Field>::DEFAULT
            }
        }
    };
}

pub(crate) use {default, record};

/// The word that field `$field` of record `$record` is, in bytes that start with one.
macro_rules! word {
    ($bytes:expr, $record:ty, $($field:tt)+) => {
        $crate::cursor::word_at($bytes, core::mem::offset_of!($record, $($field)+))
    };
}

/// The text that field `$field` of record `$record` is, in bytes that start with one.
macro_rules! text {
    ($bytes:expr, $record:ty, $($field:tt)+) => {
        $crate::name::text_at($bytes, core::mem::offset_of!($record, $($field)+))
    };
}

pub(crate) use {text, word};
