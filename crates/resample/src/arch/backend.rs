//! Which instructions a resampler uses: looked up once, when it is made.

use core::fmt;

#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
use super::x86;

/// The instruction set that a resampler computes with. Fixed-point results don't depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backend(pub(super) Kind);

/// From the narrowest on. Only this module makes one, and only after it has found the instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Scalar,
    #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
    Neon,
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    Sse2,
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    Avx2,
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    Avx512,
}

/// Runs a batch with the instructions of a backend, for the sample format of the surrounding function.
macro_rules! run_on {
    ($backend:expr, $batch:expr, $sink:expr, $held:expr) => {
        match $batch.bank.coefficients {
            Coefficients::Branches(branches) => {
                let batch = &$batch.with(branches);
                let backend = $backend.for_parts_of(batch.bank.fewest_coefficients());
                // No branch is empty, and `for_parts_of` saw to the length for vectors.
                backend::run_on!(algorithm, backend, (batch, $sink));
            }
            Coefficients::Spread(rows) => backend::run_on!(lanes, $backend, (&$batch.with(rows), $sink, $held)),
        }
    };
    ($algorithm:ident, $backend:expr, ($($argument:expr),*)) => {
        match $backend.0 {
            // SAFETY: nothing is asked of the processor; for the length, see above.
            Kind::Scalar => unsafe { $algorithm::run::<Self, scalar::Scalar>($($argument),*) },
            // SAFETY: a backend is only made once its instructions are found; for the length, see above.
            #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
            Kind::Neon => unsafe { $algorithm::run::<Self, neon::Neon>($($argument),*) },
            // SAFETY: the same.
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Kind::Sse2 => unsafe { $algorithm::run::<Self, x86::sse2::Sse2>($($argument),*) },
            // SAFETY: the same.
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Kind::Avx2 => unsafe { $algorithm::run::<Self, x86::avx2::Avx2>($($argument),*) },
            // SAFETY: the same.
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Kind::Avx512 => unsafe { $algorithm::run::<Self, x86::avx512::Avx512>($($argument),*) },
        }
    };
}
pub(super) use run_on;

impl Backend {
    /// The widest that this processor has.
    pub(crate) fn widest() -> Self {
        Self::available().fold(Self(Kind::Scalar), |_, wider| wider)
    }

    /// All that this processor has, the narrowest first: for whoever compares or measures them.
    pub fn available() -> impl Iterator<Item = Self> {
        let scalar = [Some(Kind::Scalar), None, None, None];
        #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
        let kinds = [Some(Kind::Neon), None, None, None];
        #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
        let kinds = [
            Some(Kind::Sse2),
            (x86::widest() >= x86::AVX2).then_some(Kind::Avx2),
            (x86::widest() >= x86::AVX512).then_some(Kind::Avx512),
            None,
        ];
        #[cfg(not(any(
            all(target_arch = "aarch64", target_feature = "neon"),
            all(target_arch = "x86_64", target_feature = "sse2"),
        )))]
        let kinds = [None; 4];
        scalar.into_iter().chain(kinds).flatten().map(Self)
    }

    /// This one, or a narrower one of the same processor if `samples` are too few for a vector.
    pub(crate) fn for_parts_of(self, samples: usize) -> Self {
        #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
        return match self.0 {
            // AVX-512 is only found beside AVX2, and SSE2 is what this was compiled for. Two steps of sixteen samples
            // save nothing over AVX2.
            Kind::Avx512 if samples < 32 => Self(Kind::Avx2).for_parts_of(samples),
            Kind::Avx2 if samples < 8 => Self(Kind::Sse2).for_parts_of(samples),
            Kind::Sse2 if samples < 4 => Self(Kind::Scalar),
            kind => Self(kind),
        };
        #[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
        return if samples < 4 { Self(Kind::Scalar) } else { self };
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Scalar => "scalar",
            #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
            Kind::Neon => "NEON",
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Kind::Sse2 => "SSE2",
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Kind::Avx2 => "AVX2",
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Kind::Avx512 => "AVX-512",
        })
    }
}
