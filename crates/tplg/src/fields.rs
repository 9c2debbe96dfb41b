//! Records as trees of named fields: for whoever shows or sets them without knowing which record it is.

use crate::name::Name;

/// Where a field is in a record.
#[derive(Clone, Copy, Debug)]
pub struct Path<'p> {
    /// The field that it is in, unless that is the record itself.
    pub parent: Option<&'p Path<'p>>,
    /// Its name, that of the field of the structure.
    pub name: &'static str,
    /// Which entry, where the field is a table.
    pub index: Option<usize>,
}

/// A field that has no fields of its own.
#[derive(Debug)]
pub enum FieldMut<'r> {
    /// A byte.
    U8(&'r mut u8),
    /// Two bytes.
    U16(&'r mut u16),
    /// A word.
    U32(&'r mut u32),
    /// A word with a sign.
    I32(&'r mut i32),
    /// A string.
    Text(&'r mut Name),
}

/// What [`Record::for_each_field`] calls.
pub type Visit<'v> = dyn FnMut(&Path<'_>, FieldMut<'_>) + 'v;

/// The structures of [`records`](crate::records).
///
/// ```
/// use headroom_tplg::records::{FieldMut, Record, Route};
///
/// let mut names = Vec::new();
/// Route::default().for_each_field(&mut |path, _: FieldMut<'_>| names.push(path.name));
/// assert_eq!(names, ["sink", "control", "source"]);
/// ```
pub trait Record: Default {
    /// Shows each field to `visit`, in the order of the file; tables entry by entry.
    fn for_each_field(&mut self, visit: &mut Visit<'_>);
}
