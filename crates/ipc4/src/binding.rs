//! The two ends of an edge between modules, as bind and unbind name them.

use crate::bits::Bits;
use crate::{EncodeError, ModuleId};

const SINK_QUEUE: Bits = Bits::new("sink queue", 24, 3);
const SOURCE_QUEUE: Bits = Bits::new("source queue", 27, 3);

/// An edge from one module's output to another's input.
///
/// Source: `struct ipc4_module_bind_unbind`, `src/include/ipc4/module.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The module that produces.
    pub source: ModuleId,
    /// Its output, 0 to 7.
    pub source_queue: u8,
    /// The module that consumes.
    pub sink: ModuleId,
    /// Its input, 0 to 7.
    pub sink_queue: u8,
}

impl Binding {
    pub(crate) fn decode(primary: u32, extension: u32) -> Self {
        Self {
            source: ModuleId::from_word(primary),
            source_queue: SOURCE_QUEUE.get_u8(extension),
            sink: ModuleId::from_word(extension),
            sink_queue: SINK_QUEUE.get_u8(extension),
        }
    }

    pub(crate) fn words(&self) -> Result<(u32, u32), EncodeError> {
        let queues = SINK_QUEUE.put(self.sink_queue)? | SOURCE_QUEUE.put(self.source_queue)?;
        Ok((self.source.component(), self.sink.component() | queues))
    }
}
