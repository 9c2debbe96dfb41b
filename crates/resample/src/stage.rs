//! One polyphase filter: its geometry, its coefficients, and exact frame arithmetic over it.

use crate::arch::{Bank, Branches, Coefficients};

/// A filter that makes `interpolation` frames out of every `decimation` frames.
///
/// With S = `taps`, L = `interpolation`, M = `decimation`, output frame q is, for each channel and with silence before
/// the first input frame x\[0\],
///
/// ```text
/// y[q] = saturate((sum over t in 0..S of h[(q*M mod L) + t*L] * x[floor(q*M/L) - t] + 2^(shift-1)) >> shift)
/// ```
///
/// where h is a low-pass of L*S (an even number of) samples with `shift` fraction bits. Between two stages samples are
/// scaled down by two or four, so that nothing saturates there: the first stage shifts by so much more, the second by
/// so much less.
///
/// h is symmetric, so only half of it is kept. Branch i (its taps are h\[i\], h\[i + L\], ...) is branch L-1-i read
/// backwards, and the middle branch of an odd L is its own mirror image:
///
/// ```text
/// coefficients   | branch 0: S taps | branch 1: S taps | ... | middle branch, if L is odd: S/2 taps |
/// ```
///
/// No input can overflow the 64-bit accumulator: the magnitudes of a branch add up to less than 2^32 - 1. Only this
/// crate makes stages, and its tests hold every table to that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stage<'c> {
    /// L: branches of the filter, and frames out for every M frames in.
    pub interpolation: u16,
    /// M: frames in for every L frames out.
    pub decimation: u16,
    /// S: taps in one branch, hence input frames behind one output frame. Even.
    pub taps: u16,
    /// How far the accumulator is shifted down, after rounding.
    pub shift: u8,
    /// Half of the prototype, branch by branch, newest input first: L * S / 2 words.
    pub coefficients: &'c [i32],
}

impl Stage<'_> {
    /// What stands where there is no stage.
    pub(crate) const NONE: Self =
        Self { interpolation: 1, decimation: 1, taps: 2, shift: 1, coefficients: &[] };

    /// The same filter with its coefficients elsewhere, or nowhere.
    #[cfg(feature = "alloc")]
    pub(crate) fn with_coefficients<'a>(&self, coefficients: &'a [i32]) -> Stage<'a> {
        let &Self { interpolation, decimation, taps, shift, .. } = self;
        Stage { interpolation, decimation, taps, shift, coefficients }
    }

    /// Frames of the delay line: the history of one window, and room to append without moving it each time.
    pub(crate) const fn line_frames(&self) -> usize {
        line_frames(self.taps as usize)
    }

    /// The filter with coefficients that are laid out as those here.
    pub(crate) fn bank<'a, T>(&self, half: &'a [T]) -> Bank<Coefficients<'a, T>> {
        self.bank_of(Coefficients::Branches(Branches::Half(half)))
    }

    /// The filter with coefficients in any layout.
    pub(crate) fn bank_of<C>(&self, coefficients: C) -> Bank<C> {
        let (interpolation, decimation) = (usize::from(self.interpolation), usize::from(self.decimation));
        Bank {
            interpolation,
            decimation,
            step: (decimation / interpolation, decimation % interpolation),
            taps: usize::from(self.taps),
            shift: self.shift,
            coefficients,
        }
    }

    /// A coefficient as a float that is 2^shift times smaller, rounded once.
    pub(crate) fn as_f32(&self, coefficient: i32) -> f32 {
        // A power of two, as a shift is less than 64.
        coefficient as f32 * f32::from_bits((127 - u32::from(self.shift)) << 23)
    }

    /// Frames that are out once `input` frames are in: every q with floor(q*M/L) < input.
    pub(crate) fn output_frames_for(&self, input: u64) -> u64 {
        let (l, m) = (u64::from(self.interpolation), u64::from(self.decimation));
        (input / m).saturating_mul(l).saturating_add((input % m * l).div_ceil(m))
    }

    /// Frames that must be in before `output` frames are out.
    pub(crate) fn input_frames_for(&self, output: u64) -> u64 {
        let (l, m) = (u64::from(self.interpolation), u64::from(self.decimation));
        let Some(last) = output.checked_sub(1) else { return 0 };
        (last / l).saturating_mul(m).saturating_add(last % l * m / l).saturating_add(1)
    }
}

/// Delay line of a filter with `taps` taps: a window, and room to append without moving the history each time. The
/// history moves down once for every 24 frames that come in, or taps/8 if these are more: at most eight frames moved for
/// each, little beside the hundreds of multiply-adds that they cost.
pub(crate) const fn line_frames(taps: usize) -> usize {
    let room = if taps > 104 { 11 + taps / 8 } else { 24 };
    taps - 1 + room
}

/// Delay line of a desk: room for large batches, and so that blocks of 1 ms move the history once for five of them.
pub(crate) const fn desk_line_frames(taps: usize) -> usize {
    taps - 1 + 256
}
