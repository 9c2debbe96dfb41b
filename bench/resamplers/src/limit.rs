//! What one core can multiply and add at best: registers only, nothing loaded, nothing stored.

use std::time::Instant;

/// Multiply-adds per second.
#[derive(Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) name: &'static str,
    pub(crate) per_second: f64,
}

/// Best of some runs of `steps` steps that make `products` multiply-adds each.
fn best(name: &'static str, products: u64, run: impl Fn(u64)) -> Limit {
    const STEPS: u64 = 1_000_000;
    let seconds = (0..15).map(|_| {
        let start = Instant::now();
        run(STEPS);
        start.elapsed().as_secs_f64()
    });
    let seconds = seconds.fold(f64::INFINITY, f64::min);
    Limit { name, per_second: (STEPS * products) as f64 / seconds }
}

/// All that this processor has the instructions for.
#[cfg(target_arch = "x86_64")]
pub(crate) fn measure() -> Vec<Limit> {
    let mut all = Vec::new();
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        // SAFETY: the processor has AVX2 and FMA.
        all.push(best("f32 AVX2", 12 * 8, |steps| unsafe { float_256(steps) }));
        // SAFETY: the same.
        all.push(best("s32 AVX2", 6 * 4, |steps| unsafe { fixed_256(steps) }));
    }
    if is_x86_feature_detected!("avx512f") {
        // SAFETY: the processor has AVX-512F.
        all.push(best("f32 AVX-512", 12 * 16, |steps| unsafe { float_512(steps) }));
        // SAFETY: the same.
        all.push(best("s32 AVX-512", 6 * 8, |steps| unsafe { fixed_512(steps) }));
    }
    all
}

/// None where the loops aren't written.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn measure() -> Vec<Limit> {
    Vec::new()
}

/// A function that runs a loop body `steps` times; all vector registers are the compiler's to forget.
#[cfg(target_arch = "x86_64")]
macro_rules! repeat {
    ($name:ident, $feature:literal, $body:expr) => {
        #[target_feature(enable = $feature)]
        fn $name(steps: u64) {
            // SAFETY: touches nothing but the registers that are given up.
            unsafe {
                std::arch::asm!(
                    concat!("vpxor xmm14, xmm14, xmm14\n", "vpxor xmm15, xmm15, xmm15"),
                    "2:",
                    $body,
                    "dec {steps}",
                    "jnz 2b",
                    steps = inout(reg) steps => _,
                    out("xmm0") _, out("xmm1") _, out("xmm2") _, out("xmm3") _, out("xmm4") _, out("xmm5") _,
                    out("xmm6") _, out("xmm7") _, out("xmm8") _, out("xmm9") _, out("xmm10") _, out("xmm11") _,
                    out("xmm14") _, out("xmm15") _,
                    options(nomem, nostack)
                );
            }
        }
    };
}

/// Twelve sums, so that none is waited for.
#[cfg(target_arch = "x86_64")]
macro_rules! float {
    ($v:literal) => {
        concat!(
            float!($v 0), float!($v 1), float!($v 2), float!($v 3), float!($v 4), float!($v 5),
            float!($v 6), float!($v 7), float!($v 8), float!($v 9), float!($v 10), float!($v 11),
        )
    };
    ($v:literal $sum:literal) => {
        concat!("vfmadd231ps ", $v, "mm", $sum, ", ", $v, "mm14, ", $v, "mm15\n")
    };
}

/// Six products and sums.
#[cfg(target_arch = "x86_64")]
macro_rules! fixed {
    ($v:literal) => {
        concat!(
            fixed!($v 0 6), fixed!($v 1 7), fixed!($v 2 8), fixed!($v 3 9), fixed!($v 4 10), fixed!($v 5 11),
        )
    };
    ($v:literal $sum:literal $product:literal) => {
        concat!(
            "vpmuldq ", $v, "mm", $product, ", ", $v, "mm14, ", $v, "mm15\n",
            "vpaddq ", $v, "mm", $sum, ", ", $v, "mm", $sum, ", ", $v, "mm", $product, "\n",
        )
    };
}

#[cfg(target_arch = "x86_64")]
repeat!(float_256, "avx2,fma", float!("y"));
#[cfg(target_arch = "x86_64")]
repeat!(fixed_256, "avx2,fma", fixed!("y"));
#[cfg(target_arch = "x86_64")]
repeat!(float_512, "avx512f", float!("z"));
#[cfg(target_arch = "x86_64")]
repeat!(fixed_512, "avx512f", fixed!("z"));
