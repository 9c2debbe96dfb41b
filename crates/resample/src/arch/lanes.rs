//! The algorithm for coefficients that are [spread](crate::spread): each lane of a vector is an output of its own.
//!
//! ```text
//!   rows of a group   | head: some lanes | middle: all lanes | tail: some lanes |
//!                     |<--- window of the first output ---->|                  |
//!   sums of an output | part 0, 1, 2, ..., 0, 1, 2, ...     | one              |
//! ```
//! A few independent sums for each output keep all multipliers busy while a sum waits for its product. As soon as the
//! first output of a group has its window, all outputs of the group are brought up to the end of it; what later frames
//! add comes row by row. A group whose last outputs aren't wanted yet is held until they are: so no product is made
//! twice, and however a stream is cut, the products of an output are added up in the same order.

use core::ops::Range;

use super::Arithmetic;
use super::batch::{Abreast, Held, Sink, WIDTH};

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
        held: &mut [Held<T>],
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

    /// Goes on from sums that were written so to the `OUTPUTS` values behind `from`.
    unsafe fn read(from: *const T::Total) -> Self::Sums;
}

/// Makes the outputs of a batch, a few channels at a time. `held` has for each channel what the batch before left there,
/// if the first output isn't the first of its group.
///
/// # Safety
/// The processor has the instructions of `V`.
pub(super) unsafe fn run<T: Arithmetic, V: Lanes<T>>(
    batch: &Abreast<'_, T>,
    sink: &mut Sink<'_, T>,
    held: &mut [Held<T>],
) {
    let mut channel = 0;
    while channel < batch.planes.channels {
        channel += match V::CHANNELS.min(batch.planes.channels - channel) {
            // SAFETY: as promised by the caller.
            8.. => unsafe { V::channels::<8>(batch, sink, held, channel) },
            // SAFETY: the same.
            4.. => unsafe { V::channels::<4>(batch, sink, held, channel) },
            // SAFETY: the same.
            2.. => unsafe { V::channels::<2>(batch, sink, held, channel) },
            // SAFETY: the same.
            _ => unsafe { V::channels::<1>(batch, sink, held, channel) },
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
    held: &mut [Held<T>],
    channel: usize,
) -> usize {
    let bank = &batch.bank;
    // Sixteen bits each, as a stage has them.
    let mut output =
        (batch.branch as u32 * bank.coefficients.inverse as u32 % bank.interpolation as u32) as usize;
    let (mut start, mut left) = (batch.start, batch.outputs);
    let mut slot = channel * sink.channel;
    let mut totals = [[T::Total::default(); WIDTH]; C];
    if !output.is_multiple_of(WIDTH) {
        take_up(&mut totals, &held[channel..]);
    }
    while left > 0 {
        let part = Part::new(batch, output, left);
        let samples = |c| {
            &batch.planes.samples[(channel + c) * batch.planes.pitch + start + part.ahead..]
                [..part.rows.len()]
        };
        // SAFETY: as promised by the caller.
        unsafe { group::<T, V, C>(&part, core::array::from_fn(samples), &mut totals) };
        let frames: [[T; C]; WIDTH] = core::array::from_fn(|lane| {
            core::array::from_fn(|channel| T::finish(totals[channel][lane], bank.shift))
        });
        store(&frames[part.lanes.clone()], sink, slot);
        start += part.step;
        slot += part.lanes.len() * sink.frame;
        left -= part.lanes.len();
        output += part.lanes.len();
        if output == bank.interpolation {
            output = 0;
        }
    }
    if !output.is_multiple_of(WIDTH) {
        hold(&totals, &mut held[channel..]);
    }
    C
}

/// Neighbouring outputs of one group.
struct Part<'a, T> {
    lanes: Range<usize>,
    /// Lanes of the group that are outputs.
    used: usize,
    /// The rows that are to be added: all up to the newest frame of the last output, or those that the outputs before
    /// the first one did without.
    rows: &'a [[T; WIDTH]],
    /// How many of these belong to the head, the middle and the tail of the group: all together.
    sections: [usize; 3],
    /// Frames from the window of the first output to the first row.
    ahead: usize,
    /// Frames from the window of the first output to that of the output after the last.
    step: usize,
}

impl<'a, T> Part<'a, T> {
    /// From `output` on, which is one of the turn, as many outputs of its group as there are up to `left`, at least one.
    #[inline(always)]
    fn new(batch: &Abreast<'a, T>, output: usize, left: usize) -> Self {
        let (bank, coefficients) = (&batch.bank, &batch.bank.coefficients);
        let (l, m) = (bank.interpolation as u32, bank.decimation as u32);
        let (origin, lane) = (output / WIDTH * WIDTH, output % WIDTH);
        let used = WIDTH.min(bank.interpolation - origin);
        let lanes = lane..used.min(lane + left);
        let frame = |output: usize| (output as u32 * m / l) as usize;
        let (zero, first, end) = (frame(origin), frame(output), frame(origin + lanes.end));
        let to = frame(origin + lanes.end - 1) - zero + bank.taps;
        // The middle is what the windows of the first and the last lane of a group have in common.
        let head = coefficients.each - bank.taps;
        let (from, sections) = match lane {
            0 => (0, [head, bank.taps - head, to - bank.taps]),
            _ => {
                let from = frame(output - 1) - zero + bank.taps;
                (from, [0, 0, to - from])
            }
        };
        let rows = &coefficients.rows[output / WIDTH * coefficients.each..][..coefficients.each][from..to];
        Self { lanes, used, rows, sections, ahead: from - (first - zero), step: end - first }
    }
}

/// Brings the sums of a group's outputs up to the newest frame of the part.
///
/// # Safety
/// As for [`run`].
#[inline(always)]
unsafe fn group<T: Arithmetic, V: Lanes<T>, const C: usize>(
    part: &Part<'_, T>,
    windows: [&[T]; C],
    totals: &mut [[T::Total; WIDTH]; C],
) {
    let (mut vector, end) = (part.lanes.start / V::OUTPUTS, part.used.div_ceil(V::OUTPUTS));
    while vector < end {
        vector += match (V::ACROSS.min(end - vector), V::CHAINS / (C * V::ACROSS)) {
            // SAFETY: as promised by the caller; so many vectors are left.
            (2.., 4..) => unsafe { vectors::<T, V, C, 2, 4>(part, windows, vector, totals) },
            // SAFETY: the same.
            (2.., 3..) => unsafe { vectors::<T, V, C, 2, 3>(part, windows, vector, totals) },
            // SAFETY: the same.
            (2.., 2..) => unsafe { vectors::<T, V, C, 2, 2>(part, windows, vector, totals) },
            // SAFETY: the same.
            (2.., _) => unsafe { vectors::<T, V, C, 2, 1>(part, windows, vector, totals) },
            // SAFETY: the same.
            (_, 4..) => unsafe { vectors::<T, V, C, 1, 4>(part, windows, vector, totals) },
            // SAFETY: the same.
            (_, 3..) => unsafe { vectors::<T, V, C, 1, 3>(part, windows, vector, totals) },
            // SAFETY: the same.
            (_, 2..) => unsafe { vectors::<T, V, C, 1, 2>(part, windows, vector, totals) },
            // SAFETY: the same.
            _ => unsafe { vectors::<T, V, C, 1, 1>(part, windows, vector, totals) },
        };
    }
}

/// Adds the rows to `N` vectors from `vector` on; those of the first output's window in `P` parts. Returns `N`.
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
    let [head, middle, tail] = part.sections;
    let mut sums = if part.lanes.start == 0 {
        // SAFETY: as promised by the caller; the part has these rows, and the windows are as long.
        unsafe { first_window::<T, V, C, N, P>(tile, head, middle) }
    } else {
        let from = |c: usize, n| totals[c].as_ptr().wrapping_add(lane + n * V::OUTPUTS);
        // SAFETY: the processor has the instructions; these outputs of the row belong to the vector.
        core::array::from_fn(|c| core::array::from_fn(|n| unsafe { V::read(from(c, n)) }))
    };
    // SAFETY: as for the first window.
    unsafe { walk::<T, V, C, N, 1, true>(core::array::from_mut(&mut sums), tile.at(head + middle), tail) };
    for (totals, sums) in totals.iter_mut().zip(sums) {
        for (vector, sum) in sums.into_iter().enumerate() {
            // SAFETY: these outputs of the row belong to the vector.
            unsafe { V::write(sum, totals.as_mut_ptr().wrapping_add(lane + vector * V::OUTPUTS)) };
        }
    }
    N
}

/// The sums over head and middle, in `P` parts that are joined at the end.
///
/// # Safety
/// As for [`walk`].
#[inline(always)]
unsafe fn first_window<T: Arithmetic, V: Lanes<T>, const C: usize, const N: usize, const P: usize>(
    tile: Tile<T, C>,
    head: usize,
    middle: usize,
) -> [[V::Sums; N]; C] {
    // SAFETY: the processor has the instructions.
    let mut parts = [[[unsafe { V::none() }; N]; C]; P];
    // SAFETY: as promised by the caller.
    unsafe { walk::<T, V, C, N, P, true>(&mut parts, tile, head) };
    // SAFETY: the same.
    unsafe { walk::<T, V, C, N, P, false>(&mut parts, tile.at(head), middle) };
    let mut sums = parts[0];
    for part in &parts[1..] {
        for (sums, part) in sums.iter_mut().zip(part) {
            for (sum, part) in sums.iter_mut().zip(part) {
                // SAFETY: the processor has the instructions.
                *sum = unsafe { V::join(*sum, *part) };
            }
        }
    }
    sums
}

/// Goes on with the sums of a group that was held.
fn take_up<T: Arithmetic>(totals: &mut [[T::Total; WIDTH]], held: &[Held<T>]) {
    for (totals, held) in totals.iter_mut().zip(held) {
        for (total, words) in totals.iter_mut().zip(held) {
            *total = T::total(*words);
        }
    }
}

/// Holds the sums of a group until its next output is wanted.
fn hold<T: Arithmetic>(totals: &[[T::Total; WIDTH]], held: &mut [Held<T>]) {
    for (totals, held) in totals.iter().zip(held) {
        for (total, words) in totals.iter().zip(held) {
            *words = T::words(*total);
        }
    }
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
}

/// Adds the `count` rows from `tile` on to the parts in turn. If `SOME`, not all lanes reach them.
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
>(
    sums: &mut [[[V::Sums; N]; C]; P],
    mut tile: Tile<T, C>,
    count: usize,
) {
    for _ in 0..count / P {
        for part in 0..P {
            // SAFETY: as promised by the caller; a turn of rows is left.
            unsafe { step::<T, V, C, N, SOME>(&mut sums[part], tile.at(part)) };
        }
        tile = tile.at(P);
    }
    for part in 0..P - 1 {
        if part < count % P {
            // SAFETY: the same; so many rows are left.
            unsafe { step::<T, V, C, N, SOME>(&mut sums[part], tile.at(part)) };
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
