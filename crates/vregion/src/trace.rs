//! What happens in regions, event by event, and a map of them that is made from that.

use core::fmt;

use crate::{AllocError, Placement, Requester};

/// Something that happened in a region. With feature `trace`, a pool made by `PagePool::with_trace` tells each
/// to its hook, after the fact and outside of the region's lock, though perhaps under that of the object pool or copy
/// cache that asked; without the feature nothing of it is compiled in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// A region was made for an owner.
    Made {
        /// Address of its first byte, which names it in all events.
        region: usize,
        /// Whom it is for.
        owner: u32,
        /// Bytes of its pages.
        capacity: usize,
    },
    /// The lifetime phase ended.
    Sealed {
        /// Which region.
        region: usize,
    },
    /// A block was handed out.
    Placed(Placed),
    /// A block was given back.
    Freed {
        /// Which region.
        region: usize,
        /// Of the block, from the base of the region.
        offset: usize,
    },
    /// A request was refused.
    Refused(AllocError),
    /// A region's pages went back to the pool.
    Closed {
        /// Which region.
        region: usize,
    },
}

/// A block that was handed out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Placed {
    /// Which region.
    pub region: usize,
    /// From the base of the region.
    pub offset: usize,
    /// As asked for.
    pub bytes: usize,
    /// With what the heap rounds up to; as asked for in the lifetime part.
    pub taken: usize,
    /// As asked for. A late lifetime block has [`Placement::Lifetime`], but lies in the interim heap.
    pub placement: Placement,
    /// Whether it lies in the interim heap.
    pub interim: bool,
    /// Who asked.
    pub requester: Requester,
}

/// The blocks of regions, as events tell of them: who, phase, offset, size and padding.
///
/// It holds as many as the slice that it is given, and counts those that it had no place for. Blocks of the
/// lifetime part stay on the map when they are freed, as their memory stays taken.
pub struct Map<'b> {
    records: &'b mut [Option<Placed>],
    missed: usize,
}

impl<'b> Map<'b> {
    /// An empty map that can hold as many blocks as the slice has places.
    pub fn new(records: &'b mut [Option<Placed>]) -> Self {
        records.fill(None);
        Self { records, missed: 0 }
    }

    /// Brings the map up to date. Takes time proportional to its length.
    pub fn note(&mut self, event: &Event) {
        match *event {
            Event::Placed(block) => match self.records.iter_mut().find(|record| record.is_none()) {
                Some(record) => *record = Some(block),
                None => self.missed += 1,
            },
            Event::Freed { region, offset } => {
                self.forget(|block| block.interim && (block.region, block.offset) == (region, offset));
            }
            Event::Closed { region } => self.forget(|block| block.region == region),
            Event::Made { .. } | Event::Sealed { .. } | Event::Refused(_) => {}
        }
    }

    fn forget(&mut self, gone: impl Fn(&Placed) -> bool) {
        for record in self.records.iter_mut() {
            if record.as_ref().is_some_and(&gone) {
                *record = None;
            }
        }
    }

    /// The block that follows a place, in the order of addresses.
    fn following(&self, after: Option<(usize, usize)>) -> Option<&Placed> {
        let key = |block: &&Placed| (block.region, block.offset);
        self.records.iter().flatten().filter(|block| Some(key(block)) > after).min_by_key(key)
    }
}

impl fmt::Display for Map<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut at, mut region) = (None, None);
        while let Some(block) = self.following(at) {
            if region != Some(block.region) {
                writeln!(f, "region at {:#x}", block.region)?;
                writeln!(f, "{:>10} {:>10} {:>8}  {:<8}  who", "offset", "bytes", "padding", "phase")?;
            }
            let phase = match (block.interim, block.placement) {
                (false, _) => "lifetime",
                (true, Placement::Lifetime) => "late",
                (true, _) => "interim",
            };
            let Requester { owner, what } = block.requester;
            let padding = block.taken - block.bytes;
            writeln!(
                f,
                "{:>10} {:>10} {padding:>8}  {phase:<8}  {owner:#x} {what}",
                block.offset, block.bytes
            )?;
            (at, region) = (Some((block.region, block.offset)), Some(block.region));
        }
        if self.missed > 0 {
            writeln!(f, "{} blocks had no place on the map: give it a longer slice", self.missed)?;
        }
        Ok(())
    }
}
