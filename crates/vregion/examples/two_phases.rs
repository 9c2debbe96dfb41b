//! A module's life in a region: set-up, seal, work, a late request, and the figures of each: `cargo run --example two_phases`.

use core::mem::MaybeUninit;
use std::error::Error;

use vregion::{PagePool, Placement, Profile, Region};

fn show(when: &str, region: &Region<'_>) {
    let seen = region.statistics();
    println!(
        "{when:<12} lifetime {:>6} B, interim {:>6} of {:>6} B, late {}",
        seen.lifetime_bytes, seen.interim_used, seen.interim_capacity, seen.late_requests
    );
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arena = vec![MaybeUninit::uninit(); 64 * 1024];
    let mut tables = vec![MaybeUninit::uninit(); PagePool::table_bytes(&Profile::DESK, arena.len())];
    let pool = PagePool::new(Profile::DESK, &mut arena, &mut tables)?;
    let region = pool.region(7, 20_480)?;

    // Set-up: packed one behind the other, for as long as the region lives.
    let delay = region.slice(Placement::Lifetime, 1024, 0_i32, "delay line")?;
    let gains = region.slice(Placement::Lifetime, 8, 1.0_f32, "gains")?;
    show("set up", &region);

    // The first interim request seals the region: all that is left is a heap now.
    let blob = region.slice(Placement::Interim, 3000, 0_u8, "configuration")?;
    show("configured", &region);
    drop(blob);
    show("blob freed", &region);

    // Who allocates for life now is late: served, counted and named.
    let late = region.value(Placement::Lifetime, 0_u64, "counter")?;
    show("late", &region);

    // What can't be had says how much there was.
    if let Err(refused) = region.slice(Placement::Interim, 1 << 20, 0_u8, "impulse response") {
        println!("refused: {refused}");
    }
    drop((delay, gains, late, region));
    println!("{} regions are left", pool.usage().regions);
    Ok(())
}
