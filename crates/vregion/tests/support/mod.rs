//! A pool on the desk for tests: exactly sized tables, and an arena full of noise.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::mem::MaybeUninit;

use proptest::test_runner::Config;
use vregion::{PagePool, Profile};

/// Bytes of a page in the tests.
pub(crate) const PAGE: usize = 4096;

/// 4 KiB pages, 64 B lines, few regions.
pub(crate) const PROFILE: Profile =
    Profile { page_bytes: PAGE, line_bytes: 64, max_regions: 8, ..Profile::DESK };

/// Runs `body` with a pool of at least `pages` pages, and checks that all of it is free afterwards.
pub(crate) fn with_pages<R>(pages: usize, body: impl FnOnce(&PagePool<'_>) -> R) -> R {
    with_profile(PROFILE, pages, body)
}

/// As [`with_pages`], with a profile.
pub(crate) fn with_profile<R>(profile: Profile, pages: usize, body: impl FnOnce(&PagePool<'_>) -> R) -> R {
    let mut memory = noise((pages + 1) * profile.page_bytes);
    let skipped = memory.as_ptr().align_offset(profile.page_bytes);
    let arena = &mut memory[skipped..skipped + pages * profile.page_bytes];
    let mut tables = noise(PagePool::table_bytes(&profile, arena.len()));
    let pool = PagePool::new(profile, arena, &mut tables).unwrap();
    assert_eq!(pool.usage().pages, pages);
    let result = body(&pool);
    assert_eq!(pool.validate(), Ok(()));
    assert_eq!(pool.usage().free_pages, pages, "pages left behind");
    assert_eq!(pool.usage().largest_run, pages);
    result
}

/// Memory that holds nothing of use; Miri sees each read of it.
fn noise(bytes: usize) -> Box<[MaybeUninit<u8>]> {
    let mut memory = Box::new_uninit_slice(bytes);
    if !cfg!(miri) {
        memory.fill(MaybeUninit::new(0xA5));
    }
    memory
}

/// `cases` random cases, a few under Miri, or as many as the environment's `PROPTEST_CASES` says.
pub(crate) fn cases(cases: u32) -> Config {
    let defaults = Config { failure_persistence: None, ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_some() {
        return defaults;
    }
    Config { cases: if cfg!(miri) { 4 } else { cases }, ..defaults }
}
