//! What a core has of its LL pass.

use crate::pass::LlPass;

/// What a core has of its pass.
pub(crate) struct Lane<'m> {
    /// Empty while it is out.
    pub(crate) pass: Option<LlPass<'m>>,
    /// Whether what runs has changed since its modules were gathered.
    pub(crate) stale: bool,
    /// Whether this tick's pass has not been taken yet.
    pub(crate) due: bool,
}
