//! Random operations on regions and pools against shadow models: what is live, where, with which contents and
//! figures.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use std::alloc::Layout;
use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use support::{PAGE, PROFILE, cases, with_profile};
use vregion::Placement::{Indifferent, Interim, Lifetime};
use vregion::{Block, PagePool, Placement, Profile, Refusal, Region, RegionError, Shared};

#[derive(Clone, Debug)]
enum Op {
    /// Placement, size and alignment.
    Bytes(Placement, usize, usize),
    Shared(Placement),
    CloneShared(usize),
    Free(usize),
    /// Writes noise into every byte of every block.
    Noise(u8),
    Seal,
    Rehandle,
}

fn placement() -> impl Strategy<Value = Placement> {
    prop_oneof![2 => Just(Lifetime), 5 => Just(Interim), 1 => Just(Indifferent)]
}

fn op() -> impl Strategy<Value = Op> {
    // Sizes are spread over powers of two, with line multiples and their neighbours among them.
    let size = prop_oneof![
        (0_u32..14, 0.0..1.0_f64).prop_map(|(power, part)| ((1.0 + part) * f64::from(1 << power)) as usize),
        (1_usize..200, 0_usize..3).prop_map(|(lines, off)| lines * 64 + off - 1),
    ];
    let align = (0_u32..13).prop_map(|power| 1 << power);
    let align = prop_oneof![3 => Just(64), 2 => align];
    prop_oneof![
        10 => (placement(), size, align).prop_map(|(place, size, align)| Op::Bytes(place, size, align)),
        2 => placement().prop_map(Op::Shared),
        1 => any::<usize>().prop_map(Op::CloneShared),
        7 => any::<usize>().prop_map(Op::Free),
        1 => any::<u8>().prop_map(Op::Noise),
        1 => Just(Op::Seal),
        1 => Just(Op::Rehandle),
    ]
}

/// A block that is alive.
enum Owner<'m> {
    Bytes(Block<'m, [u8]>),
    Shared(Vec<Shared<'m, [u8; 100]>>),
}

struct Live<'m> {
    owner: Owner<'m>,
    fill: u8,
    size: usize,
    interim: bool,
}

impl Live<'_> {
    fn contents(&self) -> &[u8] {
        match &self.owner {
            Owner::Bytes(block) => block,
            Owner::Shared(owners) => &*owners[0],
        }
    }

    /// Bytes of the block before its contents: the count of owners.
    fn head(&self) -> usize {
        if matches!(self.owner, Owner::Shared(_)) { SHARED_HEAD } else { 0 }
    }
}

const SHARED_HEAD: usize = size_of::<u32>();

/// A hole of so many granules is found by a request for `need`; shorter ones may be missed.
fn surely_found(need: usize) -> usize {
    match need {
        0..16 => need,
        16..256 => need + need / 8 + 1,
        _ => need.next_power_of_two(),
    }
}

/// What a region must look like.
struct Model<'m> {
    region: Region<'m>,
    base: usize,
    granule: usize,
    capacity: usize,
    top: usize,
    sealed_at: Option<usize>,
    live: BTreeMap<usize, Live<'m>>,
    lifetime_bytes: usize,
    peak: usize,
    peak_asked: usize,
    most_fragmented: usize,
    late: u32,
    refused: u32,
    lifetime_frees: u32,
    fill: u8,
}

impl<'m> Model<'m> {
    /// The region must be fresh; its base is found from the pool's arena.
    fn new(region: Region<'m>, base: usize, granule: usize) -> Self {
        let capacity = region.statistics().capacity;
        let live = BTreeMap::new();
        let (top, sealed_at, lifetime_bytes, peak) = (0, None, 0, 0);
        let (late, refused, lifetime_frees, fill) = (0, 0, 0, 0);
        Self {
            region,
            base,
            granule,
            capacity,
            top,
            sealed_at,
            live,
            lifetime_bytes,
            peak,
            peak_asked: 0,
            most_fragmented: 0,
            late,
            refused,
            lifetime_frees,
            fill,
        }
    }

    fn rounded(&self, size: usize) -> usize {
        size.next_multiple_of(self.granule)
    }

    fn interim_used(&self) -> usize {
        self.live.values().filter(|live| live.interim).map(|live| self.rounded(live.size)).sum()
    }

    /// Of that, what was asked for.
    fn interim_asked(&self) -> usize {
        self.live.values().filter(|live| live.interim).map(|live| live.size).sum()
    }

    fn seal(&mut self) {
        if self.sealed_at.is_none() {
            self.sealed_at = Some(self.rounded(self.top));
        }
    }

    /// The free runs of the interim heap, in granules.
    fn longest_hole(&self) -> usize {
        let (mut at, mut longest) = (self.sealed_at.unwrap_or(self.capacity), 0);
        for (&offset, live) in self.live.iter().filter(|(_, live)| live.interim) {
            longest = longest.max(offset - at);
            at = offset + self.rounded(live.size);
        }
        longest.max(self.capacity - at) / self.granule
    }

    /// Checks where a block went, or that a refusal was due, and books it.
    fn book(&mut self, request: (Placement, usize, usize), footing: usize, got: Result<Owner<'m>, Refusal>) {
        let (placement, size, align) = request;
        let whole = |size: usize| size.next_multiple_of(footing);
        let align = align.max(footing);
        if got.as_ref().err() == Some(&Refusal::TooLarge) {
            assert!(size > self.capacity, "{size} B refused as too large");
            self.refused += 1;
            return;
        }
        if placement == Interim {
            self.seal();
        }
        self.late += u32::from(placement == Lifetime && self.sealed_at.is_some());
        let interim = self.sealed_at.is_some();
        let Ok(owner) = got else {
            if interim {
                self.book_refusal(size, align);
            } else {
                assert!(self.top.next_multiple_of(align) + whole(size) > self.capacity);
                self.refused += 1;
            }
            return;
        };
        self.fill = self.fill.wrapping_add(1);
        let mut live = Live { owner, fill: 0, size, interim };
        let address = live.contents().as_ptr().addr() - live.head();
        assert_eq!(address % align.min(PAGE), 0);
        let offset = address - self.base;
        if interim {
            assert!(offset >= self.sealed_at.unwrap() && offset.is_multiple_of(self.granule));
        } else {
            assert_eq!(offset, self.top.next_multiple_of(align), "lifetime blocks pack");
            self.top = offset + whole(size);
            self.lifetime_bytes += size;
        }
        if let Owner::Bytes(block) = &mut live.owner {
            assert!(block.iter().all(|&byte| byte == 0), "zeroed");
            block.fill(self.fill);
            live.fill = self.fill;
        }
        self.live.insert(offset, live);
        if self.interim_used() > self.peak {
            self.peak = self.interim_used();
            self.peak_asked = self.interim_asked();
        }
    }

    /// Checks that the interim heap had no hole for it.
    fn book_refusal(&mut self, size: usize, align: usize) {
        self.refused += 1;
        let free = self.capacity - self.sealed_at.unwrap_or(self.capacity) - self.interim_used();
        if size <= free {
            self.most_fragmented = self.most_fragmented.max(free);
        }
        let (need, hole) =
            (size.div_ceil(self.granule) + align.div_ceil(self.granule) - 1, self.longest_hole());
        assert!(hole < surely_found(need), "{need} refused beside a hole of {hole}");
    }

    fn run(&mut self, op: Op) {
        match op {
            Op::Bytes(placement, size, align) => {
                let layout = Layout::from_size_align(size.max(1), align).unwrap();
                let got = self
                    .region
                    .bytes(placement, layout, "bytes")
                    .map(Owner::Bytes)
                    .map_err(|error| error.why);
                self.book((placement, size.max(1), align), 1, got);
            }
            Op::Shared(placement) => {
                let got = self.region.shared(placement, [0; 100], "shared");
                let got = got.map(|first| Owner::Shared(vec![first])).map_err(|error| error.why);
                self.book((placement, 100 + SHARED_HEAD, align_of::<u32>()), self.granule, got);
            }
            Op::CloneShared(index) => {
                if let Some(Live { owner: Owner::Shared(owners), .. }) = self.nth(index) {
                    owners.push(owners[0].clone());
                }
            }
            Op::Free(index) => self.free(index),
            Op::Noise(noise) => {
                for live in self.live.values_mut() {
                    if let Owner::Bytes(block) = &mut live.owner {
                        block.fill(noise);
                        live.fill = noise;
                    }
                }
            }
            Op::Seal => {
                self.region.seal();
                self.seal();
            }
            Op::Rehandle => self.region = self.region.for_owner(7),
        }
    }

    fn nth(&mut self, index: usize) -> Option<&mut Live<'m>> {
        let count = self.live.len().max(1);
        self.live.values_mut().nth(index % count)
    }

    fn free(&mut self, index: usize) {
        if let Some(Live { owner: Owner::Shared(owners), .. }) = self.nth(index)
            && owners.len() > 1
        {
            owners.pop();
            return;
        }
        let Some(&offset) = self.live.keys().nth(index % self.live.len().max(1)) else { return };
        let freed = self.live.remove(&offset);
        self.lifetime_frees += u32::from(freed.is_some_and(|live| !live.interim));
    }

    fn check(&self) {
        assert_eq!(self.region.validate(), Ok(()));
        let mut end = 0;
        for (&offset, live) in &self.live {
            assert!(offset >= end, "blocks overlap");
            end = offset + if live.interim { self.rounded(live.size) } else { live.size };
            assert!(end <= self.capacity);
            assert_eq!(live.contents().len() + live.head(), live.size);
            assert!(live.contents().iter().all(|&byte| byte == live.fill), "contents of a block changed");
        }
        let seen = self.region.statistics();
        let used = self.interim_used();
        assert_eq!(
            (seen.lifetime_bytes, seen.lifetime_bytes + seen.lifetime_padding),
            (self.lifetime_bytes, self.top)
        );
        assert_eq!((seen.interim_used, seen.interim_peak), (used, self.peak));
        assert_eq!(seen.interim_padding, used - self.interim_asked());
        assert_eq!(seen.interim_peak_padding, self.peak - self.peak_asked);
        assert_eq!(seen.most_fragmented, self.most_fragmented);
        assert_eq!((seen.late_requests, seen.refused), (self.late, self.refused));
        assert_eq!((seen.lifetime_frees, seen.sealed), (self.lifetime_frees, self.sealed_at.is_some()));
        assert_eq!(seen.spare, self.capacity - self.sealed_at.unwrap_or(self.top) - self.peak);
    }
}

/// The address of the pool's first page, found with a block that is gone again afterwards.
fn first_page(pool: &PagePool<'_>) -> usize {
    let region = pool.region(0, 1).unwrap();
    let block = region.value(Lifetime, 0_u8, "probe").unwrap();
    (&raw const *block).addr()
}

/// A page for the pool's model, which fills and reads all of them.
const SMALL_PAGE: usize = 64;

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn a_region_does_what_its_model_does(
        pages in if cfg!(miri) { 1_usize..=2 } else { 1..=12 },
        line in prop_oneof![Just(8_usize), Just(64), Just(256)],
        ops in vec(op(), 1..if cfg!(miri) { 60 } else { 300 }),
    ) {
        let profile = Profile { page_bytes: PAGE, line_bytes: line, max_regions: 1, ..Profile::DESK };
        with_profile(profile, pages, |pool| {
            let base = first_page(pool);
            let mut model = Model::new(pool.region(1, pages * PAGE).unwrap(), base, line);
            model.check();
            for op in ops {
                model.run(op);
                model.check();
            }
        });
    }

    #[test]
    fn regions_side_by_side_leave_each_other_alone(
        ops in vec((0_usize..3, op()), 1..if cfg!(miri) { 60 } else { 300 }),
    ) {
        let pages = if cfg!(miri) { 1 } else { 3 };
        with_profile(PROFILE, 3 * pages, |pool| {
            let base = first_page(pool);
            let region = |index: usize| {
                let region = pool.region(1, pages * PAGE).unwrap();
                Model::new(region, base + index * pages * PAGE, 64)
            };
            let mut models = [region(0), region(1), region(2)];
            for (index, op) in ops {
                models[index].run(op);
                models.iter().for_each(Model::check);
            }
        });
    }

    #[test]
    fn a_pool_does_what_its_model_does(
        pages in 1_usize..40,
        max_regions in 1_usize..12,
        ops in vec((0_usize..10 * SMALL_PAGE, any::<usize>()), 1..if cfg!(miri) { 40 } else { 200 }),
    ) {
        let profile = Profile { page_bytes: SMALL_PAGE, line_bytes: SMALL_PAGE, max_regions, ..Profile::DESK };
        with_profile(profile, pages, |pool| {
            let base = first_page(pool);
            let mut live = BTreeMap::new();
            for (bytes, which) in ops {
                if which % 3 == 0 {
                    let chosen = live.keys().nth(which / 3 % live.len().max(1)).copied();
                    chosen.and_then(|first| live.remove(&first));
                } else {
                    book_region(&mut live, pool, base, bytes);
                }
                check_pool(&live, pool, pages);
            }
        });
    }
}

/// A region by its first page, with a block that fills it.
type Regions<'m> = BTreeMap<usize, (usize, Block<'m, [u8]>)>;

fn longest_run(live: &Regions<'_>, pages: usize) -> usize {
    let (mut at, mut longest) = (0, 0);
    for (&first, (count, _)) in live {
        longest = longest.max(first - at);
        at = first + count;
    }
    longest.max(pages - at)
}

fn book_region<'m>(live: &mut Regions<'m>, pool: &'m PagePool<'_>, base: usize, bytes: usize) {
    let wanted = bytes.div_ceil(SMALL_PAGE);
    let before = pool.usage();
    match pool.region(1, bytes) {
        Ok(region) => {
            let noise = bytes as u8;
            let block = region.slice(Lifetime, wanted * SMALL_PAGE, noise, "all").unwrap();
            let first = (block.as_ptr().addr() - base) / SMALL_PAGE;
            assert!(live.insert(first, (wanted, block)).is_none());
        }
        Err(RegionError::ZeroSize) => assert_eq!(bytes, 0),
        Err(RegionError::TooManyRegions { limit }) => assert_eq!(limit, live.len()),
        Err(RegionError::NoPages { wanted: said, free }) => {
            assert_eq!((said, free), (wanted, before.free_pages));
            assert!(wanted > free);
        }
        Err(RegionError::Fragmented { wanted: said, largest_run }) => {
            assert_eq!((said, largest_run), (wanted, longest_run(live, before.pages)));
            assert!(wanted > largest_run, "a run of {largest_run} was there");
        }
    }
}

fn check_pool(live: &Regions<'_>, pool: &PagePool<'_>, pages: usize) {
    assert_eq!(pool.validate(), Ok(()));
    let seen = pool.usage();
    let held: usize = live.values().map(|(count, _)| count).sum();
    assert_eq!((seen.regions, seen.free_pages), (live.len(), pages - held));
    assert_eq!(seen.largest_run, longest_run(live, pages));
    assert!(seen.peak_pages >= held);
    let mut end = 0;
    for (&first, (count, block)) in live {
        assert!(first >= end, "regions overlap");
        end = first + count;
        assert!(block.iter().all(|byte| *byte == block[0]));
    }
}
