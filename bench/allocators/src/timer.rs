//! A clock for single operations: the time stamp counter where there is one.

use std::time::Instant;

/// Ticks now; nothing before or after the call is executed across it.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn ticks() -> u64 {
    use std::arch::x86_64::{_mm_lfence, _rdtsc};
    // SAFETY: every x86-64 processor has SSE2.
    unsafe { _mm_lfence() };
    // SAFETY: every x86-64 processor has the counter, and Linux lets programs read it.
    let now = unsafe { _rdtsc() };
    // SAFETY: as above.
    unsafe { _mm_lfence() };
    now
}

/// Nanoseconds since the first call.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
pub(crate) fn ticks() -> u64 {
    use std::sync::OnceLock;
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_nanos() as u64
}

/// The counter's step, in ticks: the greatest common divisor of what it has advanced by.
pub(crate) fn step() -> u64 {
    let first = ticks();
    (0..1000).map(|_| ticks() - first).fold(0, greatest_common_divisor)
}

fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

/// Nanoseconds per tick, measured for 50 ms.
pub(crate) fn nanoseconds_per_tick() -> f64 {
    let (start, first) = (Instant::now(), ticks());
    while start.elapsed().as_millis() < 50 {
        std::hint::spin_loop();
    }
    start.elapsed().as_nanos() as f64 / (ticks() - first) as f64
}
