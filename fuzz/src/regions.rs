//! Bytes as a sequence of operations on a page pool and its regions, held against a shadow model.
//!
//! ```text
//!   first 4 bytes: pages, shape of the profile, regions, skew of the tables; then
//!
//!   op mod 16   then                                        does
//!   0           size                                        makes a region
//!   1  2        region                                      clones a handle; drops the oldest handle
//!   3  4  5     region, placement, size, alignment          asks for bytes, coherent bytes, words
//!   6  7        region, placement, kind                     asks for a value, a shared value
//!   8  9        block                                       clones an owner; drops a block or an owner
//!   10          region, placement, size, alignment          asks for a raw block
//!   11          region, kind, …                             frees a raw block, or what is none
//!   12          region                                      seals
//!   13 14 15                                                as 3, 9, 10
//! ```
//!
//! After each operation the book-keeping is checked against itself and against the model; when a block goes, its
//! contents must be what was put in. At the end all is dropped, and the pool must be as at the start.

use std::alloc::Layout;
use std::mem::MaybeUninit;
use std::rc::Rc;

use arbitrary::Unstructured;
use vregion::Placement::{Indifferent, Interim, Lifetime};
use vregion::{AllocError, PagePool, Placement, Profile, Region, RegionError};

use crate::raw::{self, Unowned};
use crate::shadow::{Held, Live, Owner, Tracked, Want, Wide};

/// Operations that one input can have: an input of any length ends soon.
const OPERATIONS: usize = 200;
/// A value that has had 63 owners at once is never dropped, as documented.
const MOST_OWNERS: usize = 40;

/// Plays `bytes` as operations.
pub fn region_ops(bytes: &[u8]) {
    let mut input = Input(Unstructured::new(bytes));
    let pages = 1 + input.below(64);
    let shape = input.byte();
    let profile = Profile {
        page_bytes: [4096, 4096, 1024, 64][shape & 3],
        line_bytes: [64, 64, 64, 16][shape >> 2 & 3],
        max_regions: 1 + input.below(8),
        uncached_xor: if shape & 0x80 == 0 { 0 } else { 1 << 60 },
    };
    let mut memory = vec![MaybeUninit::new(0xa5); (pages + 1) * profile.page_bytes];
    let start = memory.as_ptr().align_offset(profile.page_bytes);
    let arena = &mut memory[start..start + pages * profile.page_bytes];
    let skew = input.below(16);
    let mut tables = vec![MaybeUninit::new(0xa5); skew + PagePool::table_bytes(&profile, arena.len())];
    let pool = PagePool::new(profile, arena, &mut tables[skew..]).expect("the profile is valid");
    let at_start = pool.usage();
    assert_eq!((at_start.pages, at_start.free_pages, at_start.largest_run), (pages, pages, pages));

    let mut play = Play {
        pool: &pool,
        profile,
        regions: vec![],
        live: vec![],
        stale: vec![],
        values: Rc::new(()),
        made: 0,
    };
    for _ in 0..OPERATIONS {
        if input.0.is_empty() {
            break;
        }
        play.operation(&mut input);
        play.check();
    }
    play.drop_all(input.below(2) == 0);
    assert_eq!(pool.validate(), Ok(()));
    let at_end = pool.usage();
    assert_eq!(
        (at_end.free_pages, at_end.largest_run, at_end.regions),
        (pages, pages, 0),
        "pages are left behind"
    );
}

/// The bytes as numbers; past their end all numbers are 0.
struct Input<'i>(Unstructured<'i>);

impl Input<'_> {
    fn byte(&mut self) -> usize {
        self.0.arbitrary::<u8>().unwrap_or(0).into()
    }

    fn wide(&mut self) -> usize {
        self.0.arbitrary::<u16>().unwrap_or(0).into()
    }

    /// A byte that names one of `count`; 0 if there are none.
    fn below(&mut self, count: usize) -> usize {
        self.byte() % count.max(1)
    }

    fn placement(&mut self) -> Placement {
        [Lifetime, Interim, Interim, Indifferent][self.below(4)]
    }

    /// Sizes around lines, pages and `all`, small ones, none and those that nothing can hold.
    fn size(&mut self, all: usize) -> usize {
        let kind = self.byte();
        match kind % 8 {
            0 => self.byte(),
            1 => self.wide(),
            2 => (64 * self.byte() + kind / 8 % 3).saturating_sub(1),
            3 => 1 << self.below(20),
            4 => all.saturating_sub(self.byte()),
            5 => all / (1 + self.byte()),
            6 => (usize::MAX >> self.below(64)).saturating_sub(kind / 8),
            _ => 0,
        }
    }

    fn layout(&mut self, all: usize) -> Option<Layout> {
        let (size, kind) = (self.size(all), self.byte());
        let power = if kind & 0x80 == 0 { kind % 13 } else { kind % 64 };
        Layout::from_size_align(size, 1 << power).ok()
    }
}

/// The pool with all that was taken from it.
struct Play<'p> {
    pool: &'p PagePool<'p>,
    profile: Profile,
    regions: Vec<Held<'p>>,
    live: Vec<Live<'p>>,
    /// Addresses that raw blocks had.
    stale: Vec<usize>,
    /// Counts the values that are alive, beside itself.
    values: Rc<()>,
    made: u32,
}

impl<'p> Play<'p> {
    fn operation(&mut self, input: &mut Input<'_>) {
        let op = input.byte() % 16;
        match op {
            0 => self.make_region(input),
            8 => self.clone_owner(input),
            9 | 14 => self.drop_block(input),
            _ => {
                let at = input.below(self.regions.len());
                // A region that only blocks hold can't be asked.
                if self.regions.get(at).is_some_and(|region| !region.handles.is_empty()) {
                    self.operation_on(op, at, input);
                }
            }
        }
    }

    fn operation_on(&mut self, op: usize, at: usize, input: &mut Input<'_>) {
        match op {
            1 => {
                let handle = self.regions[at].handles[0].for_owner(op as u32);
                self.regions[at].handles.push(handle);
            }
            2 => {
                self.regions[at].handles.remove(0);
                self.bury(at);
            }
            3 | 13 => self.ask_bytes(at, input),
            4 => self.ask_coherent(at, input),
            5 => self.ask_words(at, input),
            6 => self.ask_value(at, input),
            7 => self.ask_shared(at, input),
            10 | 15 => self.ask_raw(at, input),
            11 => self.free_raw(at, input),
            _ => {
                self.regions[at].handles[0].seal();
                assert!(self.regions[at].handles[0].statistics().sealed);
            }
        }
    }

    fn make_region(&mut self, input: &mut Input<'_>) {
        let before = self.pool.usage();
        let bytes = input.size(before.largest_run * self.profile.page_bytes);
        let wanted = bytes.div_ceil(self.profile.page_bytes);
        let refused = if bytes == 0 {
            Some(RegionError::ZeroSize)
        } else if before.regions == self.profile.max_regions {
            Some(RegionError::TooManyRegions { limit: before.regions })
        } else if wanted > before.free_pages {
            Some(RegionError::NoPages { wanted, free: before.free_pages })
        } else if wanted > before.largest_run {
            Some(RegionError::Fragmented { wanted, largest_run: before.largest_run })
        } else {
            None
        };
        let region = match self.pool.region(self.made, bytes) {
            Ok(region) => region,
            Err(error) => return assert_eq!(Some(error), refused),
        };
        assert_eq!(refused, None, "a region of {bytes} bytes was made");
        let (base, capacity) = (region.raw_base().addr().get(), region.statistics().capacity);
        assert_eq!((base % self.profile.page_bytes, capacity), (0, wanted * self.profile.page_bytes));
        for other in &self.regions {
            assert!(base + capacity <= other.base || other.base + other.capacity <= base, "regions overlap");
        }
        let region = Held { id: self.made, handles: vec![region], base, capacity, raw_lifetime: 0 };
        self.regions.push(region);
        self.made += 1;
    }

    fn ask_bytes(&mut self, at: usize, input: &mut Input<'_>) {
        let placement = input.placement();
        let Some(layout) = input.layout(self.regions[at].left()) else { return };
        let want = Want { placement, size: layout.size(), align: layout.align(), whole_lines: false };
        self.request(at, want, |region, fill| {
            let mut block = region.bytes(placement, layout, "bytes")?;
            assert!(block.iter().all(|byte| *byte == 0), "not zeroed");
            block.fill(fill);
            Ok((block.as_ptr().addr(), Owner::Bytes(block)))
        });
    }

    fn ask_coherent(&mut self, at: usize, input: &mut Input<'_>) {
        let placement = input.placement();
        let Some(layout) = input.layout(self.regions[at].left()) else { return };
        let want = Want { placement, size: layout.size(), align: layout.align(), whole_lines: true };
        self.request(at, want, |region, fill| {
            let mut block = region.bytes_coherent(placement, layout, "coherent")?;
            assert!(block.iter().all(|byte| *byte == 0), "not zeroed");
            block.fill(fill);
            Ok((block.as_ptr().addr(), Owner::Bytes(block)))
        });
    }

    fn ask_words(&mut self, at: usize, input: &mut Input<'_>) {
        let (placement, kind) = (input.placement(), input.below(2));
        let len = input.size(self.regions[at].left() / if kind == 0 { 8 } else { 1 });
        let want = Want { placement, size: len.saturating_mul(8), align: 8, whole_lines: false };
        self.request(at, want, |region, fill| {
            let block = region.slice(placement, len, u64::from_ne_bytes([fill; 8]), "words")?;
            Ok((block.as_ptr().addr(), Owner::Words(block)))
        });
    }

    fn ask_value(&mut self, at: usize, input: &mut Input<'_>) {
        let (placement, kind, values) = (input.placement(), input.below(3), Rc::clone(&self.values));
        let want = |layout: Layout| Want {
            placement,
            size: layout.size().max(1),
            align: layout.align(),
            whole_lines: false,
        };
        match kind {
            0 => self.request(at, want(Layout::new::<Tracked<24>>()), |region, fill| {
                let block = region.value(placement, Tracked::new(fill, values), "value")?;
                Ok(((&raw const *block).addr(), Owner::Value(block)))
            }),
            1 => self.request(at, want(Layout::new::<()>()), |region, _| {
                let block = region.value(placement, (), "nothing")?;
                Ok(((&raw const *block).addr(), Owner::Nothing(block)))
            }),
            // A region's handle in the region itself.
            _ => self.request(at, want(Layout::new::<Region<'_>>()), |region, _| {
                let block = region.value(placement, region.clone(), "handle")?;
                Ok(((&raw const *block).addr(), Owner::Handle(block)))
            }),
        }
    }

    fn ask_shared(&mut self, at: usize, input: &mut Input<'_>) {
        let (placement, kind, values) = (input.placement(), input.below(2), Rc::clone(&self.values));
        let want = |layout: Layout| Want {
            placement,
            size: layout.size(),
            align: layout.align(),
            whole_lines: true,
        };
        if kind == 0 {
            let (layout, head) = counted(Layout::new::<Tracked<24>>());
            self.request(at, want(layout), |region, fill| {
                let shared = region.shared(placement, Tracked::new(fill, values), "shared")?;
                Ok(((&raw const *shared).addr() - head, Owner::Shared(vec![shared])))
            });
        } else {
            let (layout, head) = counted(Layout::new::<Wide>());
            self.request(at, want(layout), |region, fill| {
                let shared = region.shared(placement, Wide(Tracked::new(fill, values)), "wide")?;
                Ok(((&raw const *shared).addr() - head, Owner::Wide(vec![shared])))
            });
        }
    }

    fn ask_raw(&mut self, at: usize, input: &mut Input<'_>) {
        let (placement, coherent, xor) = (input.placement(), input.below(2) == 1, self.profile.uncached_xor);
        let Some(layout) = input.layout(self.regions[at].left()) else { return };
        let want = Want { placement, size: layout.size(), align: layout.align(), whole_lines: coherent };
        self.request(at, want, |region, _| {
            let address = if coherent {
                region.raw_allocate_coherent(placement, layout, "raw")?.addr().get() ^ xor
            } else {
                region.raw_allocate(placement, layout, "raw")?.addr().get()
            };
            Ok((address, Owner::Raw))
        });
    }

    /// Asks a region, and books what it gives or checks why it does not.
    fn request(
        &mut self,
        at: usize,
        want: Want,
        ask: impl FnOnce(&Region<'p>, u8) -> Result<(usize, Owner<'p>), AllocError>,
    ) {
        let (region, profile) = (&mut self.regions[at], &self.profile);
        let before = region.handles[0].statistics();
        let fill = (7 * self.live.len()) as u8 ^ want.size as u8 ^ self.made as u8;
        let (start, owner) = match ask(&region.handles[0], fill) {
            Ok(got) => got,
            Err(error) => return region.check_refusal(&before, want, error.why, profile),
        };
        let interim = region.check_place(&before, want, start, profile);
        let bytes =
            if interim { want.size.next_multiple_of(profile.line_bytes) } else { want.taken(profile).0 };
        for other in &self.live {
            assert!(start + bytes <= other.start || other.start + other.bytes <= start, "blocks overlap");
        }
        region.raw_lifetime += usize::from(!interim && matches!(owner, Owner::Raw));
        self.live.push(Live { region: region.id, start, bytes, interim, fill, owner });
    }

    fn clone_owner(&mut self, input: &mut Input<'_>) {
        let at = input.below(self.live.len());
        match self.live.get_mut(at).map(|block| &mut block.owner) {
            Some(Owner::Shared(owners)) if owners.len() < MOST_OWNERS => owners.push(owners[0].clone()),
            Some(Owner::Wide(owners)) if owners.len() < MOST_OWNERS => owners.push(owners[0].clone()),
            _ => {}
        }
    }

    fn drop_block(&mut self, input: &mut Input<'_>) {
        let at = input.below(self.live.len());
        let Some(block) = self.live.get_mut(at) else { return };
        block.check_contents();
        match &mut block.owner {
            // Only given back to a region that can be asked.
            Owner::Raw => {}
            Owner::Shared(owners) if owners.len() > 1 => drop(owners.remove(0)),
            Owner::Wide(owners) if owners.len() > 1 => drop(owners.remove(0)),
            _ => {
                let id = self.live.swap_remove(at).region;
                let region = self.regions.iter().position(|region| region.id == id);
                self.bury(region.expect("blocks hold their region"));
            }
        }
    }

    fn free_raw(&mut self, at: usize, input: &mut Input<'_>) {
        let address = self.any_address(at, input);
        let owned = |block: &Live<'_>| !matches!(block.owner, Owner::Raw);
        let xor = self.profile.uncached_xor;
        let begins = |block: &Live<'_>| [address, address ^ xor].contains(&block.start);
        if self.live.iter().any(|block| begins(block) && owned(block)) {
            return;
        }
        let region = &mut self.regions[at];
        let block = self.live.iter().position(|block| begins(block) && block.region == region.id);
        let interim = block.map(|block| self.live[block].interim);
        let expected = region.expected_free(address, interim == Some(true), xor);
        assert_eq!(raw::free(&region.handles[0], &Unowned(address)), expected);
        region.raw_lifetime -= usize::from(expected.is_ok() && interim != Some(true));
        if let Some(block) = block {
            self.stale.push(self.live.swap_remove(block).start);
        }
    }

    /// An address that may or may not be that of a raw block.
    fn any_address(&self, at: usize, input: &mut Input<'_>) -> usize {
        let raw: Vec<&Live<'_>> =
            self.live.iter().filter(|block| matches!(block.owner, Owner::Raw)).collect();
        let kind = input.byte();
        let block = raw.get(input.below(raw.len())).map_or(0, |block| block.start);
        let address = match kind % 8 {
            0..=2 => block,
            3 => block.wrapping_add(input.wide()),
            4 => self.stale.get(input.below(self.stale.len())).copied().unwrap_or(0),
            5 => self.live.get(input.below(self.live.len())).map_or(0, |block| block.start + input.byte()),
            6 => self.regions[at].base.wrapping_add(64 * input.wide()),
            _ => [0, usize::MAX, self.regions[at].base.wrapping_sub(1)][input.below(3)],
        };
        if kind & 0x80 == 0 { address } else { address ^ self.profile.uncached_xor }
    }

    /// Forgets a region that nobody holds any more, with its raw blocks.
    fn bury(&mut self, at: usize) {
        let Held { id, ref handles, .. } = self.regions[at];
        let held = |block: &Live<'_>| block.region == id && !matches!(block.owner, Owner::Raw);
        if handles.is_empty() && !self.live.iter().any(held) {
            self.live.retain(|block| block.region != id);
            self.regions.remove(at);
        }
    }

    fn check(&self) {
        assert_eq!(self.pool.validate(), Ok(()));
        let (usage, page) = (self.pool.usage(), self.profile.page_bytes);
        let held: usize = self.regions.iter().map(|region| region.capacity / page).sum();
        assert_eq!((usage.regions, usage.pages - usage.free_pages), (self.regions.len(), held));
        for region in &self.regions {
            region.check(&self.live);
        }
        let values = self.live.iter().filter(|block| block.owner.is_value()).count();
        assert_eq!(Rc::strong_count(&self.values) - 1, values, "a value was not dropped once");
    }

    /// Drops handles and blocks, in this order or the other.
    fn drop_all(mut self, handles_first: bool) {
        self.live.iter().for_each(Live::check_contents);
        if handles_first {
            self.regions.clear();
        }
        self.live.clear();
        self.regions.clear();
        assert_eq!(Rc::strong_count(&self.values), 1, "a value is left behind");
    }
}

/// The layout of a value behind the count of its owners, and where in it the value is.
fn counted(value: Layout) -> (Layout, usize) {
    let (layout, head) = Layout::new::<u32>().extend(value).expect("a small layout");
    (layout.pad_to_align(), head)
}
