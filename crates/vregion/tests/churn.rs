//! Long random runs: 10^6 operations in a release build, at four region sizes, with all invariants checked.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by unwrapping it")]

mod support;

use std::alloc::Layout;

use support::with_pages;
use vregion::Block;
use vregion::Placement::Interim;

struct Random(u32);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as usize % limit
    }

    /// As many sizes in each octave from 16 B to 8 KB.
    fn size(&mut self) -> usize {
        let octave = 16 << self.below(9);
        octave + self.below(octave) + 1
    }
}

/// Requests and frees at three quarters of the region, every byte filled with noise.
fn churn(pages: usize, operations: usize, validate_every: usize) {
    with_pages(pages, |pool| {
        let region = pool.region(1, pages * 4096).unwrap();
        let mut live: Vec<(u8, Block<'_, [u8]>)> = Vec::new();
        let (mut random, mut used, mut done) = (Random(0x9E37_79B9), 0, 0);
        while done < operations {
            let (size, fill) = (random.size(), done as u8);
            while used + size > pages * 3072 {
                let (fill, block) = live.swap_remove(random.below(live.len()));
                used -= block.len();
                assert!(block.iter().all(|&byte| byte == fill), "contents of a block changed");
                drop(block);
                done += 1;
            }
            if let Ok(mut block) = region.bytes(Interim, Layout::from_size_align(size, 64).unwrap(), "block")
            {
                used += size;
                block.fill(fill);
                live.push((fill, block));
            }
            done += 1;
            if done % validate_every < 2 {
                assert_eq!(region.validate(), Ok(()), "after {done} operations");
            }
        }
        assert!(region.statistics().largest_free <= pages * 4096 - region.statistics().interim_used);
        live.clear();
        assert_eq!(region.statistics().largest_free, pages * 4096, "all merged");
    });
}

/// How many operations: 10^6 in all in a release build.
fn operations(release: usize) -> usize {
    match (cfg!(miri), cfg!(debug_assertions)) {
        (true, _) => 300,
        (_, true) => release / 20,
        _ => release,
    }
}

#[test]
fn churn_in_28_kib_validated_after_each_operation() {
    churn(7, operations(400_000), 1);
}

#[test]
fn churn_in_64_kib_validated_after_each_operation() {
    churn(16, operations(300_000), 1);
}

#[test]
#[cfg_attr(miri, ignore = "1 MiB of noise takes minutes")]
fn churn_in_1_mib() {
    churn(256, operations(200_000), 500);
}

#[test]
#[cfg_attr(miri, ignore = "16 MiB of noise takes minutes")]
fn churn_in_16_mib_with_another_level_of_bitmaps() {
    churn(4096, operations(100_000), 20_000);
}
