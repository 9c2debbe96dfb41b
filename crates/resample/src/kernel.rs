//! The multiply-add loops: one output frame from one window of input frames.

use crate::stage::Stage;

/// A stage and where its coefficients are to be read: the table itself or a copy.
#[derive(Clone, Copy)]
pub(crate) struct Filter<'a> {
    pub(crate) stage: &'a Stage,
    pub(crate) coefficients: &'a [i32],
}

impl Filter<'_> {
    /// The output frame of `branch` over `window`, which is `taps` frames with the oldest first.
    pub(crate) fn frame<const N: usize>(&self, branch: usize, window: &[[i32; N]]) -> [i32; N] {
        let (branches, taps) = (usize::from(self.stage.interpolation), window.len());
        let mirror = branches - 1 - branch;
        let shift = u32::from(self.stage.shift);
        let mut sum = [1_i64 << (shift - 1); N];
        if branch < mirror {
            backward(&mut sum, &self.coefficients[branch * taps..][..taps], window);
        } else if branch > mirror {
            forward(&mut sum, &self.coefficients[mirror * taps..][..taps], window);
        } else {
            let (older, newer) = window.split_at(taps / 2);
            let half = &self.coefficients[branch * taps..][..taps / 2];
            forward(&mut sum, half, older);
            backward(&mut sum, half, newer);
        }
        sum.map(|sum| saturate(sum >> shift))
    }
}

/// Adds coefficient times frame, the first coefficient at the oldest frame.
#[inline]
fn forward<const N: usize>(sum: &mut [i64; N], coefficients: &[i32], window: &[[i32; N]]) {
    for (coefficient, frame) in coefficients.iter().zip(window) {
        add(sum, *coefficient, frame);
    }
}

/// Adds coefficient times frame, the first coefficient at the newest frame.
#[inline]
fn backward<const N: usize>(sum: &mut [i64; N], coefficients: &[i32], window: &[[i32; N]]) {
    for (coefficient, frame) in coefficients.iter().zip(window.iter().rev()) {
        add(sum, *coefficient, frame);
    }
}

/// `Stage` promises that the sum can't wrap; it is written as wrapping so that nothing could panic either.
#[inline(always)]
fn add<const N: usize>(sum: &mut [i64; N], coefficient: i32, frame: &[i32; N]) {
    for (sum, sample) in sum.iter_mut().zip(frame) {
        *sum = sum.wrapping_add(i64::from(coefficient) * i64::from(*sample));
    }
}

fn saturate(value: i64) -> i32 {
    value.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32
}
