//! The table of modules of a session: what is linked in, and the stand-in for the rest.

use headroom_module::ModuleEntry;
use headroom_modules::{MODULES, STAND_IN};

/// Every module that ships. Rows of your own go behind these: the first that fits is taken.
pub fn shipped() -> Vec<ModuleEntry> {
    MODULES.to_vec()
}

/// `modules`, and the stand-in for all that they don't have.
pub(crate) fn with_stand_in(modules: &[ModuleEntry]) -> Vec<ModuleEntry> {
    [modules, &[STAND_IN]].concat()
}
