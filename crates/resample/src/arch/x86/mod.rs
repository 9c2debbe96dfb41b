//! What an x86-64 processor and its system can do, and the backends for it.

pub(super) mod avx2;
pub(super) mod avx512;
pub(super) mod sse2;

use core::arch::x86_64::{__cpuid, __cpuid_count, _xgetbv};
use core::sync::atomic::{AtomicU8, Ordering::Relaxed};

const SSE2: u8 = 1;
pub(super) const AVX2: u8 = 2;
pub(super) const AVX512: u8 = 3;

/// Sliding over it gives every mask of up to 8 lanes that ends in ones.
static ENDS: [i32; 16] = [0, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1, -1, -1, -1];

/// State components that the system saves for AVX: SSE and the upper halves of ymm.
const YMM: u64 = 0x06;
/// And for AVX-512: mask registers, upper halves of zmm, zmm16 to zmm31.
const ZMM: u64 = 0xE6;

/// SSE2, AVX2 or AVX-512: asked of the processor once, as a virtual machine takes its time to answer.
pub(super) fn widest() -> u8 {
    static FOUND: AtomicU8 = AtomicU8::new(0);
    let found = FOUND.load(Relaxed);
    if found != 0 {
        return found;
    }
    let found = match (has_avx2(), has_avx512()) {
        (true, true) => AVX512,
        (true, false) => AVX2,
        _ => SSE2,
    };
    // Whoever looks at the same time finds the same.
    FOUND.store(found, Relaxed);
    found
}

/// AVX2 and FMA, in the processor and enabled by the system.
fn has_avx2() -> bool {
    const FMA: u32 = 1 << 12;
    const AVX: u32 = 1 << 28;
    const AVX2: u32 = 1 << 5;
    if cfg!(miri) {
        return cfg!(all(target_feature = "avx2", target_feature = "fma"));
    }
    saves(YMM) && __cpuid(1).ecx & (FMA | AVX) == FMA | AVX && extended_features() & AVX2 != 0
}

/// AVX-512F, in the processor and enabled by the system.
fn has_avx512() -> bool {
    const AVX512F: u32 = 1 << 16;
    if cfg!(miri) {
        return cfg!(target_feature = "avx512f");
    }
    saves(ZMM) && extended_features() & AVX512F != 0
}

/// Leaf 7, EBX.
fn extended_features() -> u32 {
    if __cpuid(0).eax < 7 { 0 } else { __cpuid_count(7, 0).ebx }
}

/// Whether the system keeps these registers when it switches threads.
fn saves(components: u64) -> bool {
    const OSXSAVE: u32 = 1 << 27;
    // SAFETY: XGETBV is there and allowed when the system says OSXSAVE; component 0 always exists.
    __cpuid(1).ecx & OSXSAVE != 0 && unsafe { _xgetbv(0) } & components == components
}
