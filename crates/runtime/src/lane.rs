//! What a core has of its LL pass.

use crate::pass::{LlPass, Steps};

/// What a core has of its pass.
pub(crate) struct Lane<'m> {
    /// Empty while it is out.
    pub(crate) pass: Option<LlPass<'m>>,
    /// Whether what runs has changed since its modules were gathered.
    pub(crate) stale: bool,
    /// Whether this tick's pass has not been taken yet.
    pub(crate) due: bool,
    /// The table that the pass goes on with once its modules are gathered.
    pub(crate) longer: Option<Steps<'m>>,
    /// Modules that the longest of its tables has room for.
    pub(crate) room: usize,
}

impl Lane<'_> {
    pub(crate) fn new(core: u8) -> Self {
        Self { pass: Some(LlPass::new(core)), stale: false, due: false, longer: None, room: 0 }
    }
}
