//! The functions for C, called from Rust, on the pool of this process.
#![allow(
    clippy::multiple_unsafe_ops_per_block,
    clippy::unwrap_used,
    reason = "a test, written as C would be"
)]

use std::cell::RefCell;
use std::ffi::{c_char, c_int, c_void};
use std::sync::Once;

use proptest::collection::vec;
use proptest::prelude::*;
use vregion_capi::*;

thread_local! {
    /// What this thread has logged.
    static LOG: RefCell<Vec<(c_int, String)>> = const { RefCell::new(Vec::new()) };
}

unsafe extern "C" fn keep(level: c_int, message: *const c_char, length: usize) {
    // SAFETY: the library hands over `length` bytes.
    let text = unsafe { std::slice::from_raw_parts(message.cast::<u8>(), length) };
    LOG.with_borrow_mut(|log| log.push((level, String::from_utf8(text.to_vec()).unwrap())));
}

/// Makes the pool once; empties this thread's log.
fn set_up() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let profile = VregionProfile {
            page_bytes: 4096,
            line_bytes: 64,
            max_regions: 16,
            uncached_xor: 0,
            invalidate: None,
        };
        let arena = vec![0_u8; 1 << 20].leak();
        // SAFETY: the memory is never given back, and `keep` may be called from any thread.
        unsafe {
            vregion_set_log(Some(keep));
            let tables = vec![0_u8; vregion_pool_table_bytes(&profile, arena.len())].leak();
            let (arena_at, tables_at) = (arena.as_mut_ptr().cast(), tables.as_mut_ptr().cast());
            assert_eq!(vregion_pool_init(arena_at, arena.len(), tables_at, tables.len(), &profile), 0);
        }
    });
    LOG.take();
}

fn levels() -> Vec<c_int> {
    LOG.take().into_iter().map(|(level, _)| level).collect()
}

#[test]
fn the_phases_and_their_log() {
    set_up();
    let vr = vregion_create(1);
    assert!(!vregion_alloc(vr, 100).is_null());
    vregion_set_interim(vr);
    vregion_set_interim(vr);
    assert!(!vregion_alloc_type(vr, 1, 100, 0).is_null(), "late, but served");
    assert!(vregion_alloc(vr, 4096).is_null());
    // SAFETY: nothing uses the blocks.
    assert!(unsafe { vregion_put(vr) }.is_null());
    assert_eq!(levels(), [3, 3, 2, 2, 2, 4], "created, sealed, sealed again, late, refused, destroyed");
}

/// One call.
#[derive(Clone, Copy, Debug)]
enum Step {
    Alloc { size: usize, alignment: usize, kind: usize },
    Free { which: usize },
    Seal,
    Info,
}

fn step() -> impl Strategy<Value = Step> {
    let size = prop_oneof![8 => 0..3000_usize, 1 => usize::MAX - 300..=usize::MAX, 1 => any::<usize>()];
    let alignment =
        prop_oneof![6 => (0..15_u32).prop_map(|bit| 1 << bit), 1 => 0..5_usize, 1 => any::<usize>()];
    prop_oneof![
        6 => (size, alignment, 0..6_usize).prop_map(|(size, alignment, kind)| Step::Alloc { size, alignment, kind }),
        4 => any::<usize>().prop_map(|which| Step::Free { which }),
        1 => Just(Step::Seal),
        1 => Just(Step::Info),
    ]
}

fn allocate(vr: *mut Vregion, (size, alignment, kind): (usize, usize, usize)) -> *mut c_void {
    match kind {
        0 => vregion_alloc(vr, size),
        1 => vregion_alloc_align(vr, size, alignment),
        2 => vregion_alloc_coherent_align(vr, size, alignment),
        // Interim, lifetime, indifferent.
        kind => vregion_alloc_type(vr, kind as MemType - 3, size, alignment),
    }
}

/// Blocks that are alive: where, how long, what they are filled with.
type Blocks = Vec<(*mut u8, usize, u8)>;

fn take(vr: *mut Vregion, blocks: &mut Blocks, (size, alignment, kind): (usize, usize, usize)) {
    let block = allocate(vr, (size, alignment, kind)).cast::<u8>();
    if block.is_null() {
        return;
    }
    let (mut bytes, mut start) = (0, 0);
    // SAFETY: both pointers are valid.
    unsafe { vregion_mem_info(vr, &mut bytes, &mut start) };
    assert!(
        size > 0 && block.addr() >= start && block.addr() - start + size <= bytes,
        "inside of the region"
    );
    assert!(kind == 0 || alignment == 0 || block.addr().is_multiple_of(alignment));
    assert!(kind > 2 || block.addr().is_multiple_of(64), "on a line");
    let mark = blocks.len() as u8;
    // SAFETY: `size` bytes of the region from there on are the block's.
    unsafe { block.write_bytes(mark, size) };
    blocks.push((block, size, mark));
}

fn give_back(vr: *mut Vregion, blocks: &mut Blocks, which: usize) {
    if blocks.is_empty() {
        return;
    }
    let (block, size, mark) = blocks.swap_remove(which % blocks.len());
    // SAFETY: the block is alive.
    let bytes = unsafe { std::slice::from_raw_parts(block, size) };
    assert!(bytes.iter().all(|&byte| byte == mark), "somebody wrote into it");
    // SAFETY: the block began there, and is forgotten now.
    unsafe { vregion_free(vr, block.cast()) };
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_call_crashes_and_no_block_is_disturbed(bytes in 1..40_000_usize, steps in vec(step(), 1..150)) {
        set_up();
        let (vr, mut blocks) = (vregion_create(bytes), Blocks::new());
        prop_assert!(!vr.is_null());
        for step in steps {
            match step {
                Step::Alloc { size, alignment, kind } => take(vr, &mut blocks, (size, alignment, kind)),
                Step::Free { which } => give_back(vr, &mut blocks, which),
                Step::Seal => vregion_set_interim(vr),
                Step::Info => vregion_info(vr),
            }
        }
        while !blocks.is_empty() {
            give_back(vr, &mut blocks, 0);
        }
        // SAFETY: no block is left.
        let left = unsafe { vregion_put(vr) };
        prop_assert!(left.is_null());
        prop_assert!(!LOG.take().iter().any(|(level, text)| *level == 1 && text.contains("vregion_free")));
    }
}
