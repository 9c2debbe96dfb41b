//! The name of a module instance.

use core::fmt;

use crate::bits::{INSTANCE, MODULE};

/// A module instance: which module, and which one of its instances.
///
/// Displays as `module.instance`, both decimal: `7.2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModuleId {
    /// The module's number in the firmware manifest; 0 is the base firmware.
    pub module: u16,
    /// The instance, counted by the driver.
    pub instance: u8,
}

impl ModuleId {
    /// The component id, `instance << 16 | module`: the number in logs, events and DP thread names.
    pub const fn component(self) -> u32 {
        (self.instance as u32) << 16 | self.module as u32
    }

    /// The instance with that component id; `None` if a bit above 23 is set.
    pub const fn from_component(component: u32) -> Option<Self> {
        if component >> 24 == 0 { Some(Self::from_word(component)) } else { None }
    }

    /// From bits 0 to 23 of a header word.
    pub(crate) const fn from_word(word: u32) -> Self {
        Self { module: MODULE.get_u16(word), instance: INSTANCE.get_u8(word) }
    }
}

impl fmt::Display for ModuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.module, self.instance)
    }
}
