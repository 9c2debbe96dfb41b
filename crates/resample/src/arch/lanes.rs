//! The algorithm for coefficients that are [spread](crate::spread): each lane of a vector is an output of its own.
//!
//! ```text
//!   rows of a group    | head: some lanes | middle: all lanes reach these frames | tail: some lanes |
//!   sums               |    part 0        | part 0, 1, 2, ..., 0, 1, 2, ...      |    last part     |
//! ```
//! A few independent sums for each output keep all multipliers busy while a sum waits for its product. Which product
//! goes to which sum depends on the row alone, so that an output has the same bits whatever part of its group is made
//! with it.

use core::ops::Range;

use super::Arithmetic;
use super::batch::{Abreast, Sink, WIDTH};

/// `OUTPUTS` neighbouring outputs at a time.
///
/// # Safety of all functions
/// The processor has the instructions of the implementing type. A pointer to coefficients has `OUTPUTS` values to read
/// behind it, one to a sample has that sample.
pub(super) trait Lanes<T: Arithmetic> {
    /// Outputs in one step: a divisor of [`WIDTH`].
    const OUTPUTS: usize;
    /// Vectors of a row that are worked on together; with them all outputs of a row, or a part of it.
    const ACROSS: usize;
    /// Channels that there are registers for: 8, 4, 2 or 1.
    const CHANNELS: usize;
    /// Sums that must be under way for the processor to be busy: 8, 4, 2 or 1.
    const CHAINS: usize;
    /// Coefficients of one frame.
    type Row: Copy;
    /// A sum of products for each output.
    type Sums: Copy;

    /// [`channels`], compiled with the instructions of this type.
    unsafe fn channels<const C: usize>(
        batch: &Abreast<'_, T>,
        sink: &mut Sink<'_, T>,
        channel: usize,
    ) -> usize;

    /// Nothing added up yet.
    unsafe fn none() -> Self::Sums;

    /// Coefficients in the order of the outputs.
    unsafe fn row(from: *const T) -> Self::Row;

    /// Adds the products of coefficients with one sample.
    unsafe fn multiply_add(sums: Self::Sums, row: Self::Row, sample: *const T) -> Self::Sums;

    /// The same, but whatever the sample, adds nothing where the row is padding.
    unsafe fn multiply_add_some(sums: Self::Sums, row: Self::Row, sample: *const T) -> Self::Sums;

    /// Adds sums of the same outputs.
    unsafe fn join(a: Self::Sums, b: Self::Sums) -> Self::Sums;

    /// Writes the sums in the order of the outputs to the `OUTPUTS` values behind `to`.
    unsafe fn write(sums: Self::Sums, to: *mut T::Total);
}

/// Makes the outputs of a batch, a few channels at a time.
///
/// # Safety
/// The processor has the instructions of `V`.
pub(super) unsafe fn run<T: Arithmetic, V: Lanes<T>>(batch: &Abreast<'_, T>, sink: &mut Sink<'_, T>) {
    let mut channel = 0;
    while channel < batch.planes.channels {
        channel += match V::CHANNELS.min(batch.planes.channels - channel) {
            // SAFETY: as promised by the caller.
            8.. => unsafe { V::channels::<8>(batch, sink, channel) },
            // SAFETY: the same.
            4.. => unsafe { V::channels::<4>(batch, sink, channel) },
            // SAFETY: the same.
            2.. => unsafe { V::channels::<2>(batch, sink, channel) },
            // SAFETY: the same.
            _ => unsafe { V::channels::<1>(batch, sink, channel) },
        }
    }
}

/// Makes the outputs of the `C` channels from `channel` on, and returns `C`.
///
/// # Safety
/// As for [`run`].
#[inline(always)]
pub(super) unsafe fn channels<T: Arithmetic, V: Lanes<T>, const C: usize>(
    batch: &Abreast<'_, T>,
    sink: &mut Sink<'_, T>,
    channel: usize,
) -> usize {
    let bank = &batch.bank;
    let (l, inverse) = (bank.interpolation as u32, bank.coefficients.inverse as u32);
    // Sixteen bits each, as a stage has them.
    let mut output = (batch.branch as u32 * inverse % l) as usize;
    let (mut start, mut left) = (batch.start, batch.outputs);
    let mut slot = channel * sink.channel;
    while left > 0 {
        let lanes =
            output % WIDTH..WIDTH.min(bank.interpolation - output / WIDTH * WIDTH).min(output % WIDTH + left);
        let count = lanes.len();
        let part = Part::new(batch, output / WIDTH, lanes);
        let samples =
            |c| &batch.planes.samples[(channel + c) * batch.planes.pitch + start..][..part.rows.len()];
        let windows: [&[T]; C] = core::array::from_fn(samples);
        // SAFETY: as promised by the caller.
        let frames = unsafe { group::<T, V, C>(&part, windows) };
        store(&frames[part.lanes.clone()], sink, slot);
        start += part.step;
        slot += count * sink.frame;
        left -= count;
        output = if output + count == bank.interpolation { 0 } else { output + count };
    }
    C
}

/// Neighbouring outputs of one group.
struct Part<'a, T> {
    lanes: Range<usize>,
    /// The rows that they reach.
    rows: &'a [[T; WIDTH]],
    /// How many of these belong to the head, the middle and the tail of the group: all together.
    sections: [usize; 3],
    /// Frames from the window of the first output to that of the output after the last.
    step: usize,
    shift: u8,
}

impl<'a, T> Part<'a, T> {
    /// There is at least one lane, and each is an output of the turn.
    #[inline(always)]
    fn new(batch: &Abreast<'a, T>, group: usize, lanes: Range<usize>) -> Self {
        let (bank, coefficients) = (&batch.bank, &batch.bank.coefficients);
        let (l, m, origin) = (bank.interpolation as u32, bank.decimation as u32, group * WIDTH);
        let frame = |lane: usize| ((origin + lane) as u32 * m / l) as usize;
        let (zero, first, last) = (frame(0), frame(lanes.start), frame(lanes.end - 1));
        let (from, to) = (first - zero, last - zero + bank.taps);
        let rows = &coefficients.rows[group * coefficients.each..][..coefficients.each][from..to];
        // The middle is what the windows of the first and the last lane of the group have in common.
        let head = coefficients.each.saturating_sub(bank.taps + from).min(rows.len());
        let middle = (2 * bank.taps).saturating_sub(coefficients.each).min(rows.len() - head);
        let sections = [head, middle, rows.len() - head - middle];
        Self { step: frame(lanes.end) - first, lanes, rows, sections, shift: bank.shift }
    }
}

/// The outputs of a group; those of the part's lanes are right.
///
/// # Safety
/// As for [`run`].
#[inline(always)]
unsafe fn group<T: Arithmetic, V: Lanes<T>, const C: usize>(
    part: &Part<'_, T>,
    windows: [&[T]; C],
) -> [[T; C]; WIDTH] {
    let mut totals = [[T::Total::default(); WIDTH]; C];
    let (mut vector, end) = (part.lanes.start / V::OUTPUTS, part.lanes.end.div_ceil(V::OUTPUTS));
    while vector < end {
        vector += match (V::ACROSS.min(end - vector), V::CHAINS / (C * V::ACROSS)) {
            // SAFETY: as promised by the caller; so many vectors are left.
            (2.., 4..) => unsafe { vectors::<T, V, C, 2, 4>(part, windows, vector, &mut totals) },
            // SAFETY: the same.
            (2.., 3..) => unsafe { vectors::<T, V, C, 2, 3>(part, windows, vector, &mut totals) },
            // SAFETY: the same.
            (2.., 2..) => unsafe { vectors::<T, V, C, 2, 2>(part, windows, vector, &mut totals) },
            // SAFETY: the same.
            (2.., _) => unsafe { vectors::<T, V, C, 2, 1>(part, windows, vector, &mut totals) },
            // SAFETY: the same.
            (_, 4..) => unsafe { vectors::<T, V, C, 1, 4>(part, windows, vector, &mut totals) },
            // SAFETY: the same.
            (_, 3..) => unsafe { vectors::<T, V, C, 1, 3>(part, windows, vector, &mut totals) },
            // SAFETY: the same.
            (_, 2..) => unsafe { vectors::<T, V, C, 1, 2>(part, windows, vector, &mut totals) },
            // SAFETY: the same.
            _ => unsafe { vectors::<T, V, C, 1, 1>(part, windows, vector, &mut totals) },
        };
    }
    core::array::from_fn(|lane| core::array::from_fn(|channel| T::finish(totals[channel][lane], part.shift)))
}

/// The sums of `N` vectors from `vector` on, in `P` parts that are joined at the end. Returns `N`.
///
/// # Safety
/// As for [`run`]; a row has these vectors.
#[inline(always)]
unsafe fn vectors<T: Arithmetic, V: Lanes<T>, const C: usize, const N: usize, const P: usize>(
    part: &Part<'_, T>,
    windows: [&[T]; C],
    vector: usize,
    totals: &mut [[T::Total; WIDTH]; C],
) -> usize {
    let lane = vector * V::OUTPUTS;
    let tile = Tile {
        taps: part.rows.as_flattened().as_ptr().wrapping_add(lane),
        samples: windows.map(<[T]>::as_ptr),
    };
    // SAFETY: the processor has the instructions.
    let mut sums = [[[unsafe { V::none() }; N]; C]; P];
    let [head, middle, tail] = part.sections;
    // Head and tail are counted from the middle, where all parts of a group agree.
    // SAFETY: as promised by the caller; the part has these rows, and the windows are as long.
    unsafe { walk::<T, V, C, N, P, true, true>(&mut sums, tile.at(head), head) };
    // SAFETY: the same.
    unsafe { walk::<T, V, C, N, P, false, false>(&mut sums, tile.at(head), middle) };
    // SAFETY: the same.
    unsafe { walk::<T, V, C, N, P, true, false>(&mut sums, tile.at(head + middle), tail) };
    for (channel, totals) in totals.iter_mut().enumerate() {
        for vector in 0..N {
            let mut sum = sums[0][channel][vector];
            for part in &sums[1..] {
                // SAFETY: the processor has the instructions.
                sum = unsafe { V::join(sum, part[channel][vector]) };
            }
            let to = totals.as_mut_ptr().wrapping_add(lane + vector * V::OUTPUTS);
            // SAFETY: these outputs of the row belong to the vector.
            unsafe { V::write(sum, to) };
        }
    }
    N
}

/// Where a row of coefficients is, and the samples of its frame.
#[derive(Clone, Copy)]
struct Tile<T, const C: usize> {
    taps: *const T,
    samples: [*const T; C],
}

impl<T, const C: usize> Tile<T, C> {
    /// So many rows further on.
    #[inline(always)]
    fn at(self, rows: usize) -> Self {
        let samples = self.samples.map(|sample| sample.wrapping_add(rows));
        Self { taps: self.taps.wrapping_add(rows * WIDTH), samples }
    }

    /// So many rows back.
    #[inline(always)]
    fn before(self, rows: usize) -> Self {
        let samples = self.samples.map(|sample| sample.wrapping_sub(rows));
        Self { taps: self.taps.wrapping_sub(rows * WIDTH), samples }
    }
}

/// Adds `count` rows to the parts in turn: the rows from `tile` on, or, if `BACK`, those before it, the last one first. If
/// `SOME`, not all lanes reach them.
///
/// # Safety
/// As for [`run`]; these rows have `N` vectors each from the lane of `tile` on, and there are the samples.
#[inline(always)]
#[expect(clippy::needless_range_loop, reason = "in this form the compiler keeps the sums in registers")]
unsafe fn walk<
    T: Arithmetic,
    V: Lanes<T>,
    const C: usize,
    const N: usize,
    const P: usize,
    const SOME: bool,
    const BACK: bool,
>(
    sums: &mut [[[V::Sums; N]; C]; P],
    mut tile: Tile<T, C>,
    count: usize,
) {
    let nth = |tile: Tile<T, C>, nth| if BACK { tile.before(nth + 1) } else { tile.at(nth) };
    for _ in 0..count / P {
        for part in 0..P {
            // SAFETY: as promised by the caller; a turn of rows is left.
            unsafe { step::<T, V, C, N, SOME>(&mut sums[part], nth(tile, part)) };
        }
        tile = if BACK { tile.before(P) } else { tile.at(P) };
    }
    for part in 0..P - 1 {
        if part < count % P {
            // SAFETY: the same; so many rows are left.
            unsafe { step::<T, V, C, N, SOME>(&mut sums[part], nth(tile, part)) };
        }
    }
}

/// One row.
///
/// # Safety
/// As for [`walk`].
#[inline(always)]
unsafe fn step<T: Arithmetic, V: Lanes<T>, const C: usize, const N: usize, const SOME: bool>(
    sums: &mut [[V::Sums; N]; C],
    tile: Tile<T, C>,
) {
    for vector in 0..N {
        // SAFETY: the row has this vector.
        let taps = unsafe { V::row(tile.taps.wrapping_add(vector * V::OUTPUTS)) };
        for (sums, sample) in sums.iter_mut().zip(tile.samples) {
            let sum = &mut sums[vector];
            if SOME {
                // SAFETY: there is this sample.
                *sum = unsafe { V::multiply_add_some(*sum, taps, sample) };
            } else {
                // SAFETY: the same.
                *sum = unsafe { V::multiply_add(*sum, taps, sample) };
            }
        }
    }
}

/// Brings outputs to the sink, from `slot` on.
#[inline(always)]
fn store<T: Arithmetic, const C: usize>(frames: &[[T; C]], sink: &mut Sink<'_, T>, slot: usize) {
    if sink.channel == 1 && sink.frame >= C {
        let Some(to) = sink.samples.get_mut(slot..) else { return };
        if let (true, Ok(group)) = (sink.frame == C, <&[_; WIDTH]>::try_from(frames)) {
            // By far the most frequent, and of a fixed length.
            if let Some(to) = to.as_chunks_mut().0.first_chunk_mut::<WIDTH>() {
                *to = *group;
            }
            return;
        }
        for (to, from) in to.chunks_mut(sink.frame).zip(frames) {
            if let Some(to) = to.first_chunk_mut() {
                *to = *from;
            }
        }
        return;
    }
    for (index, frame) in frames.iter().enumerate() {
        for (channel, from) in frame.iter().enumerate() {
            if let Some(sample) = sink.samples.get_mut(slot + index * sink.frame + channel * sink.channel) {
                *sample = *from;
            }
        }
    }
}
