//! Coefficients laid out for speed: those of sixteen outputs side by side, frame by frame.
//!
//! ```text
//!                          lane:  0   1   2  ...  15      lane j of group g is output 16*g + j of a turn of L outputs;
//!   row 0, the oldest frame    | c   .   .        .  |    unused lanes of the last group are padding
//!   row 1                      | c   c   .        .  |
//!   ...                        | c   c   c        .  |    .  padding: the output doesn't reach this frame. Each is
//!   row S-1                    | c   c   c        c  |       `taps` frames long and later than the one before by M/L
//!   ...                        | .   c   c        c  |       frames, rounded down or up.
//!   last row                   | .   .   .        c  |
//! ```
//! A row times one sample, sixteen outputs are one multiply-add further: nothing is added up over lanes, every row is
//! loaded as it lies, and no sample is loaded more often than once for sixteen outputs.

use crate::arch::{Bank, Coefficients, Rows, WIDTH};
use crate::stage::Stage;

/// A [`Stage`] in this layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spread<'c> {
    rows: &'c [[i32; WIDTH]],
    /// Of M, modulo L.
    inverse: u16,
}

impl<'c> Spread<'c> {
    /// From rows that [`rows`] has made of the stage.
    pub(crate) const fn new(stage: &Stage<'_>, rows: &'c [[i32; WIDTH]]) -> Self {
        Self { rows, inverse: inverse(stage.decimation, stage.interpolation) }
    }

    /// All words of the layout.
    pub(crate) const fn words(&self) -> &'c [i32] {
        self.rows.as_flattened()
    }

    /// The filter with words that are laid out as those here.
    pub(crate) fn bank<'a, T>(&self, stage: &Stage<'_>, words: &'a [T]) -> Bank<Coefficients<'a, T>> {
        let rows =
            Rows { rows: words.as_chunks().0, each: rows_of_group(stage), inverse: self.inverse.into() };
        stage.bank_of(Coefficients::Spread(rows))
    }
}

/// Puts the coefficients of `stage` as floats where they belong; `words` is as long as [`Spread::words`].
///
/// Padding is -0, which no coefficient is: by that it is told from a coefficient of 0, as it must not spread a NaN to
/// outputs that don't reach it.
pub(crate) fn fill_f32(stage: &Stage<'_>, words: &mut [f32]) {
    words.fill(-0.0);
    let rows = words.as_chunks_mut::<WIDTH>().0;
    for output in 0..usize::from(stage.interpolation) {
        for tap in 0..usize::from(stage.taps) {
            let (row, lane) = cell(stage, output, tap);
            rows[row][lane] = stage.as_f32(coefficient(stage, output, tap));
        }
    }
}

/// Lays a stage out in `ROWS` rows, which must be [`row_count`] of them.
pub(crate) const fn rows<const ROWS: usize>(stage: &Stage<'_>) -> [[i32; WIDTH]; ROWS] {
    // So that there are rows in the middle that all outputs of a group reach.
    assert!(ROWS == row_count(stage) && rows_of_group(stage) <= 2 * stage.taps as usize);
    let mut rows = [[0; WIDTH]; ROWS];
    let mut output = 0;
    while output < stage.interpolation as usize {
        let mut tap = 0;
        while tap < stage.taps as usize {
            let (row, lane) = cell(stage, output, tap);
            rows[row][lane] = coefficient(stage, output, tap);
            tap += 1;
        }
        output += 1;
    }
    rows
}

/// Rows for all outputs of a turn.
pub(crate) const fn row_count(stage: &Stage<'_>) -> usize {
    (stage.interpolation as usize).div_ceil(WIDTH) * rows_of_group(stage)
}

/// Frames that a group can reach: the window of its first output, and what the last one is later.
const fn rows_of_group(stage: &Stage<'_>) -> usize {
    stage.taps as usize + ((WIDTH - 1) * stage.decimation as usize).div_ceil(stage.interpolation as usize)
}

/// Row and lane of a tap, counted from the oldest frame, of an output of the turn.
const fn cell(stage: &Stage<'_>, output: usize, tap: usize) -> (usize, usize) {
    let (l, m) = (stage.interpolation as usize, stage.decimation as usize);
    let (group, lane) = (output / WIDTH, output % WIDTH);
    let later = output * m / l - group * WIDTH * m / l;
    (group * rows_of_group(stage) + later + tap, lane)
}

/// A tap, counted from the oldest frame, of an output of the turn.
const fn coefficient(stage: &Stage<'_>, output: usize, tap: usize) -> i32 {
    let (l, s) = (stage.interpolation as usize, stage.taps as usize);
    let branch = output * stage.decimation as usize % l;
    let mirror = l - 1 - branch;
    // Half of the prototype is there: the newest frame comes first, and the oldest one in mirrored branches.
    let newest_first = branch < mirror || (branch == mirror && tap >= s / 2);
    if newest_first {
        stage.coefficients[branch * s + (s - 1 - tap)]
    } else {
        stage.coefficients[mirror * s + tap]
    }
}

/// The number that makes 1 of `of`, modulo `modulus`. They have no common factor.
const fn inverse(of: u16, modulus: u16) -> u16 {
    let mut inverse = 0;
    while of as u32 * inverse as u32 % modulus as u32 != 1 % modulus as u32 {
        inverse += 1;
    }
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::DIRECT_STANDARD;
    use std::vec;

    /// Against the closed form of a stage, tap by tap; and nothing else is there.
    #[test]
    fn every_coefficient_is_in_its_place_and_padding_elsewhere() {
        for (stage, spread) in &DIRECT_STANDARD {
            let (l, m, s) = (stage.interpolation as usize, stage.decimation as usize, stage.taps as usize);
            let prototype = |index: usize| {
                // Of two mirrored samples, one is kept.
                let (kept, mirrored) =
                    ((index % l) * s + index / l, (l - 1 - index % l) * s + (s - 1 - index / l));
                stage.coefficients.get(kept).or_else(|| stage.coefficients.get(mirrored)).copied().unwrap()
            };
            let (mut expected, each) = (vec![[0; WIDTH]; row_count(stage)], rows_of_group(stage));
            let mut floats = vec![0.0; spread.words().len()];
            fill_f32(stage, &mut floats);
            for (output, tap) in (0..l).flat_map(|output| (0..s).map(move |tap| (output, tap))) {
                let (group, newest) = (output / WIDTH, output * m / l + s - 1);
                let row = group * each + newest - tap - group * WIDTH * m / l;
                let coefficient = prototype(output * m % l + tap * l);
                expected[row][output % WIDTH] = coefficient;
                assert_eq!(floats[row * WIDTH + output % WIDTH], stage.as_f32(coefficient));
                assert_ne!(floats[row * WIDTH + output % WIDTH].to_bits(), (-0.0_f32).to_bits());
            }
            assert!(spread.rows == expected);
            let padding = floats.iter().filter(|float| float.to_bits() == (-0.0_f32).to_bits()).count();
            assert_eq!(padding, floats.len() - l * s);
        }
    }
}
