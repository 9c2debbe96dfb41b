//! Blobs: large values that a module is handed whole, checks, and takes over at a time of its own.
//!
//! ```text
//!                       at rest: current is replaced at once
//!   set ─► checked ─┬──────────────────────────────────────────► current ◄─ prepare
//!                   └─ prepared: next, beside current ─ take_new (the start of a run) or prepare ─┘
//! ```
//!
//! The rules are those of SOF's `data_blob.c`: at rest a blob counts from the next prepare on; while the module is
//! prepared, one waits beside the current one until a run takes it, and while it waits another one is refused. A first
//! one that comes while the module runs counts from the next prepare on. Blobs survive a reset.

use core::alloc::Layout;

use headroom_module::{Block, Configure, ModuleError};

/// A blob of a module, with the one that shall follow it. It takes as much memory as the two of them have bytes.
///
/// What a new one replaced in a run is given back at the next `set` or `prepare`, so that a run frees nothing.
pub struct Blob<'m> {
    /// What reports and errors call it.
    what: &'static str,
    current: Option<Value<'m>>,
    beside: Beside<'m>,
    /// Between prepare and reset.
    prepared: bool,
}

struct Value<'m> {
    data: Block<'m, [u8]>,
    crc: u32,
}

/// What lies beside the current blob.
enum Beside<'m> {
    Nothing,
    /// The next one.
    Next(Value<'m>),
    /// The last one, whose memory nobody has given back yet.
    Last(#[expect(dead_code, reason = "is only kept, to be freed later")] Value<'m>),
}

/// Words, so that a blob can be read as such.
const ALIGNMENT: usize = align_of::<u32>();

impl<'m> Blob<'m> {
    /// None yet; reports and errors will call it `what`.
    pub const fn new(what: &'static str) -> Self {
        Self { what, current: None, beside: Beside::Nothing, prepared: false }
    }

    /// Takes over a whole blob that `check` has nothing against. An empty one changes nothing, as in SOF. O(bytes).
    ///
    /// # Errors
    /// What `check` says, [`ModuleError::Waiting`] while another one waits for a run, or [`ModuleError::Memory`]. All is as
    /// before then.
    pub fn set(
        &mut self,
        cx: &Configure<'_, 'm>,
        data: &[u8],
        check: impl FnOnce(&[u8]) -> Result<(), ModuleError>,
    ) -> Result<(), ModuleError> {
        if data.is_empty() {
            return Ok(());
        }
        if matches!(self.beside, Beside::Next(_)) {
            return Err(ModuleError::Waiting { what: self.what });
        }
        check(data)?;
        self.beside = Beside::Nothing;
        let crc = crc32(data);
        // At rest nobody reads the old one: one of the same size needs no more memory.
        if let Some(current) = self.current.as_mut().filter(|_| !self.prepared)
            && current.data.len() == data.len()
        {
            current.data.copy_from_slice(data);
            current.crc = crc;
            return Ok(());
        }
        let value = Value { data: self.copy(cx, data)?, crc };
        if self.prepared && self.current.is_some() {
            self.beside = Beside::Next(value);
        } else {
            self.current = Some(value);
        }
        Ok(())
    }

    fn copy(&self, cx: &Configure<'_, 'm>, data: &[u8]) -> Result<Block<'m, [u8]>, ModuleError> {
        let (what, got) = (self.what, u32::try_from(data.len()).unwrap_or(u32::MAX));
        let too_long = ModuleError::BadValue { what, got, min: 1, max: i32::MAX as u32 };
        let layout = Layout::from_size_align(data.len(), ALIGNMENT).map_err(|_| too_long)?;
        let mut copy = cx.memory().bytes(layout, what)?;
        copy.copy_from_slice(data);
        Ok(copy)
    }

    /// The blob that a stream begins with: the last one that was set, or `None` if there was none. From now on new ones
    /// wait for a run. Call it in every prepare.
    pub fn prepare(&mut self) -> Option<&[u8]> {
        self.prepared = true;
        if let Beside::Next(next) = core::mem::replace(&mut self.beside, Beside::Nothing) {
            self.current = Some(next);
        }
        self.current()
    }

    /// The next blob, if one waits; from now on it is the current one. Call it at the start of every run. O(1), and frees
    /// nothing.
    pub fn take_new(&mut self) -> Option<&[u8]> {
        match core::mem::replace(&mut self.beside, Beside::Nothing) {
            Beside::Next(next) => {
                self.beside = self.current.replace(next).map_or(Beside::Nothing, Beside::Last);
                self.current()
            }
            beside => {
                self.beside = beside;
                None
            }
        }
    }

    /// From now on a new blob replaces the current one at once, and counts from the next prepare on. Call it in every
    /// reset.
    pub fn reset(&mut self) {
        self.prepared = false;
    }

    /// What the module works with.
    pub fn current(&self) -> Option<&[u8]> {
        self.current.as_ref().map(|value| &*value.data)
    }

    /// Bytes of the current blob; 0 without one.
    pub fn size(&self) -> usize {
        self.current().map_or(0, <[u8]>::len)
    }

    /// The current blob's CRC-32, as zlib has it; 0 without one. It was made when the blob was set: O(1).
    pub fn crc(&self) -> u32 {
        self.current.as_ref().map_or(0, |value| value.crc)
    }

    /// Writes what was set last, whether it counts yet or not, and returns its bytes: none before one was set.
    ///
    /// # Errors
    /// [`ModuleError::ShortReply`]; nothing is written then.
    pub fn reply(&self, reply: &mut [u8]) -> Result<usize, ModuleError> {
        let latest = match &self.beside {
            Beside::Next(next) => &next.data,
            Beside::Nothing | Beside::Last(_) => self.current().unwrap_or_default(),
        };
        let (needed, got) = (latest.len(), reply.len());
        reply.get_mut(..needed).ok_or(ModuleError::ShortReply { needed, got })?.copy_from_slice(latest);
        Ok(needed)
    }
}

/// CRC-32 of IEEE 802.3, as zlib and SOF make it, four bits at a time: a table of 64 bytes.
fn crc32(data: &[u8]) -> u32 {
    const TABLE: [u32; 16] = {
        let mut table = [0; 16];
        let mut index = 0;
        while index < 16 {
            let mut rest = index as u32;
            let mut bit = 0;
            while bit < 4 {
                rest = (rest >> 1) ^ (0xEDB8_8320 * (rest & 1));
                bit += 1;
            }
            table[index] = rest;
            index += 1;
        }
        table
    };
    let step = |crc: u32, nibble: u32| (crc >> 4) ^ TABLE[((crc ^ nibble) & 0xF) as usize];
    !data.iter().fold(u32::MAX, |crc, byte| step(step(crc, u32::from(*byte)), u32::from(byte >> 4)))
}

#[cfg(test)]
mod tests {
    use super::crc32;

    #[test]
    fn the_check_value_of_crc_32() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(&[]), 0);
    }
}
