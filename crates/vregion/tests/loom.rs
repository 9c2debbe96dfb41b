//! Every interleaving of two threads that hold a region: the last to let go frees, once, and sees what the
//! other wrote.
//!
//! Run with `RUSTFLAGS="--cfg loom" cargo test -p vregion --test loom --release`. A model that explores
//! nothing passes too, so each one asserts how often it ran and has a twin with a weakened unlock that must
//! fail.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use std::mem::{ManuallyDrop, MaybeUninit};
use std::sync::Arc;
use std::sync::atomic::Ordering::{Relaxed, Release};
use std::sync::atomic::{AtomicUsize, Ordering};

use loom::cell::UnsafeCell;
use loom::thread;
use vregion::Placement::{Interim, Lifetime};
use vregion::{Block, PagePool, Profile, Region, Shared, set_unlock_ordering};

const PROFILE: Profile = Profile { page_bytes: 256, line_bytes: 64, max_regions: 2, ..Profile::DESK };

/// Explores `body`, with an ordering for unlocks; returns how many interleavings there were. The pool lives until
/// the end of the process, as loom's threads want `'static`.
fn explore(unlock: Ordering, body: impl Fn(&'static PagePool<'static>) + Send + Sync + 'static) -> usize {
    set_unlock_ordering(unlock);
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    loom::model(move || {
        counted.fetch_add(1, Relaxed);
        let arena = Box::leak(vec![MaybeUninit::uninit(); 3 * 256].into_boxed_slice());
        let table_bytes = PagePool::table_bytes(&PROFILE, arena.len());
        let tables = Box::leak(vec![MaybeUninit::uninit(); table_bytes].into_boxed_slice());
        let pool: &'static PagePool<'static> =
            Box::leak(Box::new(PagePool::new(PROFILE, arena, tables).unwrap()));
        body(pool);
        assert_eq!(pool.usage().regions, 0, "freed by the last owner");
        assert_eq!(pool.validate(), Ok(()));
    });
    runs.load(Relaxed)
}

/// A value whose accesses loom orders: a read or a drop that races with the write is found.
struct Witness(UnsafeCell<u32>, Arc<AtomicUsize>);

// SAFETY: the tests hand ownership of the access from thread to thread; loom checks that they do.
unsafe impl Sync for Witness {}

impl Witness {
    fn new(drops: &Arc<AtomicUsize>) -> Self {
        Self(UnsafeCell::new(0), Arc::clone(drops))
    }

    fn read(&self) -> u32 {
        // SAFETY: loom fails the model if a write is concurrent.
        self.0.with(|value| unsafe { *value })
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        // SAFETY: loom fails the model if a read or write is concurrent.
        self.0.with_mut(|value| unsafe { *value += 1 });
        self.1.fetch_add(1, Relaxed);
    }
}

/// Keeps a value from being dropped while a failed model unwinds: its drop would fail again, and abort the
/// process.
fn hold<T>(value: T) -> ManuallyDrop<T> {
    ManuallyDrop::new(value)
}

fn release<T>(held: ManuallyDrop<T>) {
    drop(ManuallyDrop::into_inner(held));
}

fn handles(pool: &'static PagePool<'static>) {
    let region = hold(pool.region(1, 256).unwrap());
    let other = hold(Region::clone(&region));
    let thread = thread::spawn(move || {
        let block = hold(other.slice(Interim, 10, 7_u8, "block").unwrap());
        release(other);
        let seen = block[9];
        release(block);
        seen
    });
    let more = hold(region.for_owner(2));
    release(region);
    release(more);
    assert_eq!(thread.join().unwrap(), 7);
}

#[test]
fn the_last_handle_or_block_frees_the_region() {
    let runs = explore(Release, handles);
    assert!(runs >= 3000, "{runs} interleavings");
}

#[test]
#[should_panic(expected = "Causality violation")]
fn the_last_handle_or_block_frees_the_region_twin() {
    explore(Relaxed, handles);
}

fn shared_value(pool: &'static PagePool<'static>) {
    let drops = Arc::new(AtomicUsize::new(0));
    let region = hold(pool.region(1, 256).unwrap());
    let mine: ManuallyDrop<Shared<'_, Witness>> =
        hold(region.shared(Lifetime, Witness::new(&drops), "w").unwrap());
    release(region);
    let theirs = hold(Shared::clone(&mine));
    let thread = thread::spawn(move || {
        let again = hold(Shared::clone(&theirs));
        release(theirs);
        let seen = again.read();
        release(again);
        seen
    });
    assert_eq!(mine.read(), 0);
    release(mine);
    assert_eq!(thread.join().unwrap(), 0);
    assert_eq!(drops.load(Relaxed), 1, "dropped once");
}

#[test]
fn the_last_owner_drops_a_shared_value_after_all_use() {
    let runs = explore(Release, shared_value);
    assert!(runs >= 70, "{runs} interleavings");
}

#[test]
#[should_panic(expected = "Causality violation")]
fn the_last_owner_drops_a_shared_value_after_all_use_twin() {
    explore(Relaxed, shared_value);
}

fn sent_block(pool: &'static PagePool<'static>) {
    let region = hold(pool.region(1, 256).unwrap());
    let block: ManuallyDrop<Block<'_, u32>> = hold(region.value(Interim, 5, "sent").unwrap());
    let thread = thread::spawn(move || release(block));
    let beside = hold(region.slice(Interim, 192, 1_u8, "beside or in its place, never on top").unwrap());
    release(region);
    thread.join().unwrap();
    assert!(beside.iter().all(|&byte| byte == 1));
    release(beside);
}

#[test]
fn a_block_freed_by_another_thread_merges_with_its_neighbours() {
    let runs = explore(Release, sent_block);
    assert!(runs >= 40, "{runs} interleavings");
}

#[test]
#[should_panic(expected = "Causality violation")]
fn a_block_freed_by_another_thread_merges_with_its_neighbours_twin() {
    explore(Relaxed, sent_block);
}
