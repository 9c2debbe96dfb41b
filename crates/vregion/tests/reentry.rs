//! A trace hook that uses what it is told about is stopped before it has a second reference to anything.
#![cfg(all(feature = "trace", feature = "critical-section"))]
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

use std::cell::RefCell;
use std::mem::MaybeUninit;
use std::sync::OnceLock;

use vregion::{Event, PagePool, Pool, Profile};

thread_local! {
    static OBJECTS: RefCell<Option<Pool<'static, u32>>> = const { RefCell::new(None) };
}

static PAGES: OnceLock<PagePool<'static>> = OnceLock::new();

/// Answers every event by another request to the same pool of objects.
fn hook(_: &Event) {
    OBJECTS.with_borrow(|objects| objects.as_ref().map(|objects| objects.insert(7).map(drop)));
}

#[test]
fn a_hook_that_enters_the_lock_it_is_called_under_panics() {
    let memory = |bytes: usize| Box::leak(vec![MaybeUninit::uninit(); bytes].into_boxed_slice());
    let arena = memory(1 << 16);
    let tables = memory(PagePool::table_bytes(&Profile::DESK, arena.len()));
    let pages = PAGES.get_or_init(|| PagePool::new(Profile::DESK, arena, tables).unwrap().with_trace(hook));
    let region = pages.region(1, 1 << 14).unwrap();
    let objects = Pool::new(&region, "objects").unwrap();
    OBJECTS.set(Some(objects.clone()));
    // The first object makes the first chunk, which the hook is told about while the pool is locked.
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| objects.insert(1).map(drop)));
    assert!(outcome.is_err());
    OBJECTS.set(None);
}
