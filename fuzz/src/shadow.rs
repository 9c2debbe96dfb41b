//! What a region and its blocks must be like, as far as their users can tell.

use std::rc::Rc;

use vregion::{Block, FreeError, Placement, Profile, Refusal, Region, Shared, Statistics};

/// A request, as asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Want {
    pub(crate) placement: Placement,
    pub(crate) size: usize,
    pub(crate) align: usize,
    /// Whether it takes whole lines in the lifetime part, too.
    pub(crate) whole_lines: bool,
}

impl Want {
    /// Size and alignment in the lifetime part.
    pub(crate) fn taken(&self, profile: &Profile) -> (usize, usize) {
        if !self.whole_lines {
            return (self.size, self.align);
        }
        let line = profile.line_bytes;
        (self.size.checked_next_multiple_of(line).unwrap_or(usize::MAX), self.align.max(line))
    }

    fn is_for_lifetime(&self, before: &Statistics) -> bool {
        !before.sealed && self.placement != Placement::Interim
    }

    /// Why no region of this capacity can ever serve it.
    fn never(&self, capacity: usize, profile: &Profile) -> Option<Refusal> {
        match self.size {
            0 => Some(Refusal::ZeroSize),
            size if size > capacity || self.align > profile.page_bytes => Some(Refusal::TooLarge),
            _ => None,
        }
    }
}

/// A region that is alive.
pub(crate) struct Held<'p> {
    pub(crate) id: u32,
    pub(crate) handles: Vec<Region<'p>>,
    pub(crate) base: usize,
    pub(crate) capacity: usize,
    /// Raw blocks in the lifetime part that may still be freed.
    pub(crate) raw_lifetime: usize,
}

/// Where the lifetime blocks end.
fn top(statistics: &Statistics) -> usize {
    statistics.lifetime_bytes + statistics.lifetime_padding
}

/// A hole of so many granules is found by a request for `need`; shorter ones may be missed.
fn surely_found(need: usize) -> usize {
    match need {
        0..16 => need,
        16..256 => need + need / 8 + 1,
        _ => need.next_power_of_two(),
    }
}

impl Held<'_> {
    /// The size of a block that just fits, or nearly.
    pub(crate) fn left(&self) -> usize {
        let seen = self.handles[0].statistics();
        if seen.sealed { seen.largest_free } else { self.capacity - top(&seen) }
    }

    /// Where the lifetime part has the next block, if that fits.
    fn next_lifetime(&self, before: &Statistics, want: Want, profile: &Profile) -> Option<usize> {
        let (size, align) = want.taken(profile);
        let offset = top(before).checked_next_multiple_of(align)?;
        let end = offset.checked_add(size)?;
        (align <= profile.page_bytes && end <= self.capacity).then_some(offset)
    }

    /// Checks that a request had to be refused, and the reason.
    pub(crate) fn check_refusal(&self, before: &Statistics, want: Want, why: Refusal, profile: &Profile) {
        if let Some(never) = want.never(self.capacity, profile) {
            return assert_eq!(why, never, "{want:?}");
        }
        assert_eq!(why, Refusal::NoRoom, "{want:?}");
        if want.is_for_lifetime(before) {
            return assert_eq!(self.next_lifetime(before, want, profile), None, "{want:?} fits");
        }
        let line = profile.line_bytes;
        let all = self.capacity - top(before).next_multiple_of(line);
        let hole = if before.sealed { before.largest_free } else { all } / line;
        let need = want.size.div_ceil(line) + want.align.div_ceil(line) - 1;
        assert!(surely_found(need) > hole, "{want:?} fits a hole of {hole} lines");
    }

    /// Checks where a block went; tells whether that is the interim heap.
    pub(crate) fn check_place(
        &self,
        before: &Statistics,
        want: Want,
        start: usize,
        profile: &Profile,
    ) -> bool {
        assert_eq!(want.never(self.capacity, profile), None, "{want:?} was served");
        assert_eq!(start % want.align, 0, "{want:?} at {start:#x}");
        let offset = start.checked_sub(self.base).expect("not below the region");
        let after = self.handles[0].statistics();
        if want.is_for_lifetime(before) {
            assert_eq!(Some(offset), self.next_lifetime(before, want, profile), "{want:?}");
            assert_eq!(top(&after), offset + want.taken(profile).0, "{want:?}");
            return false;
        }
        assert!(after.sealed && top(&after) == top(before));
        assert!(offset >= self.capacity - after.interim_capacity, "{want:?} in the lifetime part");
        assert!(offset.is_multiple_of(profile.line_bytes) && want.size <= self.capacity - offset, "{want:?}");
        true
    }

    /// What a raw free of an address that is not that of an owned block gives.
    pub(crate) fn expected_free(&self, address: usize, interim: bool, xor: usize) -> Result<(), FreeError> {
        let offset_of =
            |address: usize| address.checked_sub(self.base).filter(|offset| *offset < self.capacity);
        let offset = offset_of(address).or(offset_of(address ^ xor)).ok_or(FreeError::Foreign { address })?;
        // The lifetime part only counts, so there any address will do, as long as raw blocks are left.
        let counted = offset < top(&self.handles[0].statistics()) && self.raw_lifetime > 0;
        if interim || counted { Ok(()) } else { Err(FreeError::NotABlock { offset }) }
    }

    /// Checks the figures against the blocks that are alive.
    pub(crate) fn check(&self, live: &[Live<'_>]) {
        let Some(handle) = self.handles.last() else { return };
        assert_eq!(handle.validate(), Ok(()));
        let seen = handle.statistics();
        let mut interim: Vec<(usize, usize)> = live
            .iter()
            .filter(|block| block.region == self.id && block.interim)
            .map(|block| (block.start - self.base, block.bytes))
            .collect();
        interim.sort_unstable();
        let used: usize = interim.iter().map(|block| block.1).sum();
        assert_eq!((seen.interim_used, seen.interim_blocks as usize), (used, interim.len()));
        let (mut at, mut longest) = (self.capacity - seen.interim_capacity, 0);
        for (offset, bytes) in interim {
            longest = longest.max(offset - at);
            at = offset + bytes;
        }
        assert_eq!(seen.largest_free, longest.max(self.capacity - at), "largest hole");
    }
}

/// A block that is alive.
pub(crate) struct Live<'p> {
    pub(crate) region: u32,
    pub(crate) start: usize,
    /// With what is rounded up.
    pub(crate) bytes: usize,
    pub(crate) interim: bool,
    pub(crate) fill: u8,
    pub(crate) owner: Owner<'p>,
}

/// Who owns a block, and through what.
pub(crate) enum Owner<'p> {
    Bytes(Block<'p, [u8]>),
    Words(Block<'p, [u64]>),
    Value(Block<'p, Tracked<24>>),
    Nothing(Block<'p, ()>),
    Handle(Block<'p, Region<'p>>),
    Shared(Vec<Shared<'p, Tracked<24>>>),
    Wide(Vec<Shared<'p, Wide>>),
    Raw,
}

impl Owner<'_> {
    pub(crate) fn is_value(&self) -> bool {
        matches!(self, Self::Value(_) | Self::Shared(_) | Self::Wide(_))
    }
}

impl Live<'_> {
    /// Checks that nobody else wrote into the block.
    pub(crate) fn check_contents(&self) {
        let intact = match &self.owner {
            Owner::Bytes(block) => block.iter().all(|byte| *byte == self.fill),
            Owner::Words(block) => block.iter().all(|word| word.to_ne_bytes() == [self.fill; 8]),
            Owner::Value(block) => block.is_filled_with(self.fill),
            Owner::Nothing(block) => (&raw const **block).addr() == self.start,
            Owner::Handle(block) => block.raw_base().addr().get() <= self.start,
            Owner::Shared(owners) => owners.iter().all(|value| value.is_filled_with(self.fill)),
            Owner::Wide(owners) => owners.iter().all(|value| value.0.is_filled_with(self.fill)),
            Owner::Raw => true,
        };
        assert!(intact, "the contents of {} bytes changed", self.bytes);
    }
}

/// A value that is counted as long as it is alive.
pub(crate) struct Tracked<const N: usize> {
    bytes: [u8; N],
    _alive: Rc<()>,
}

impl<const N: usize> Tracked<N> {
    pub(crate) fn new(fill: u8, alive: Rc<()>) -> Self {
        Self { bytes: [fill; N], _alive: alive }
    }

    fn is_filled_with(&self, fill: u8) -> bool {
        self.bytes == [fill; N]
    }
}

/// A value that is aligned to more than a line.
#[repr(align(256))]
pub(crate) struct Wide(pub(crate) Tracked<300>);
