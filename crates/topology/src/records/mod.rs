//! The dialect that says a topology file record by record: blocks, elements, fields and tokens by their names.
//!
//! ```text
//!   text ─► Entry ─► low ─► file          file ─► show ─► Page ─► text
//!                     └──── tree ──────────────────┘              a record as named fields, what both go through
//! ```

mod arrays;
mod counts;
mod entry;
mod fill;
pub(crate) mod hex;
mod low;
mod low_array;
mod page;
mod remarks;
mod show;
mod tree;

pub(crate) use arrays::{token_named, uuid};
pub(crate) use entry::Entry;
pub(crate) use low::{Places, file};
pub(crate) use show::file as text;
