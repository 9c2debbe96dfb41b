//! The one algorithm behind all backends: dot products of several windows with the same coefficients.
//!
//! ```text
//!   coefficients  | c0 c1 c2 c3 | c4 c5 ...      loaded (and, where they are read backwards, turned) once ...
//!   window 0      | x0 x1 x2 x3 | x4 x5 ...  ┐
//!   window 1      | x0 x1 x2 x3 | x4 x5 ...  ├   ... for all windows of a tile: channels and outputs of one branch
//!   ...                                      ┘
//!   part of a length that LANES doesn't divide:
//!                 |<-- LANES -->|<-- LANES -->|
//!                               ......| last  |  overlaps, with the coefficients that were used already set to 0
//! ```

use super::Arithmetic;
use super::batch::{Bank, Batch, Branch, Sink};

/// `LANES` samples at a time, and their products with as many coefficients.
///
/// # Safety of all functions
/// The processor has the instructions of the implementing type. A pointer has `LANES` values to read behind it.
pub(super) trait Vector<T: Arithmetic> {
    /// Products in one step.
    const LANES: usize;
    /// Windows in one tile: 8, 4, 2 or 1, as many as there are registers for.
    const TILE: usize;
    /// Coefficients of one step.
    type Taps: Copy;
    /// Sums of products, not yet added up over the lanes.
    type Sum: Copy;

    /// Nothing added up yet.
    unsafe fn zero() -> Self::Sum;

    /// Coefficients, the first one in the first lane.
    unsafe fn load(from: *const T) -> Self::Taps;

    /// Coefficients, the first one in the last lane.
    unsafe fn load_reversed(from: *const T) -> Self::Taps;

    /// Sets all but the last `count` (1 to `LANES` - 1) lanes to 0.
    unsafe fn keep_last(taps: Self::Taps, count: usize) -> Self::Taps;

    /// Adds the products of coefficients and samples, lane by lane.
    unsafe fn add(sum: Self::Sum, taps: Self::Taps, samples: *const T) -> Self::Sum;

    /// The sums over all lanes.
    unsafe fn totals(sums: [Self::Sum; 4]) -> [T::Total; 4];
}

/// Makes the outputs of a batch, a few channels at a time. If `GROUPS`, several outputs with the same branch share
/// their coefficients; if not, the batch has no two of them, and the code is the shorter for it.
///
/// # Safety
/// The processor has the instructions of `V`; no branch has fewer coefficients than `V::LANES`, nor half as many if it is
/// a [`Branch::Middle`].
#[inline(always)]
pub(super) unsafe fn run<T: Arithmetic, V: Vector<T>, const GROUPS: bool>(
    batch: &Batch<'_, T>,
    sink: &mut Sink<'_, T>,
) {
    let mut channel = 0;
    while channel < batch.planes.channels {
        channel += match V::TILE.min(batch.planes.channels - channel) {
            // SAFETY: as promised by the caller; so many channels are left.
            8.. => unsafe { channels::<T, V, 8, GROUPS>(batch, sink, channel) },
            // SAFETY: the same.
            4.. => unsafe { channels::<T, V, 4, GROUPS>(batch, sink, channel) },
            // SAFETY: the same.
            2.. => unsafe { channels::<T, V, 2, GROUPS>(batch, sink, channel) },
            // SAFETY: the same.
            _ => unsafe { channels::<T, V, 1, GROUPS>(batch, sink, channel) },
        }
    }
}

/// Makes the outputs of the `C` channels from `channel` on, and returns `C`.
///
/// # Safety
/// As for [`run`]; the batch has these channels, and several outputs of a branch only if `GROUPS`.
#[inline(always)]
unsafe fn channels<T: Arithmetic, V: Vector<T>, const C: usize, const GROUPS: bool>(
    batch: &Batch<'_, T>,
    sink: &mut Sink<'_, T>,
    channel: usize,
) -> usize {
    let Bank { interpolation, step: (frames, branches), .. } = batch.bank;
    let (each, more) = (batch.outputs / interpolation, batch.outputs % interpolation);
    let mut first = Next {
        window: batch.planes.samples.as_ptr().wrapping_add(channel * batch.planes.pitch + batch.start),
        slot: channel * sink.channel,
    };
    let mut branch = batch.branch;
    for index in 0..interpolation.min(batch.outputs) {
        let coefficients = batch.bank.branch(branch);
        if GROUPS {
            let outputs = each + usize::from(index < more);
            // SAFETY: as promised by the caller; the batch has that many outputs of this branch.
            unsafe { group::<T, V, C>(batch, sink, coefficients, (first, outputs)) };
        } else {
            // SAFETY: as promised by the caller; it is the only output of this branch.
            unsafe { tile::<T, V, C, 1>(batch, sink, coefficients, first) };
        }
        first.slot += sink.frame;
        first.window = first.window.wrapping_add(frames);
        branch += branches;
        if branch >= interpolation {
            branch -= interpolation;
            first.window = first.window.wrapping_add(1);
        }
    }
    C
}

/// Where an output comes from, the oldest sample of its window, and which word of the sink it goes to.
#[derive(Clone, Copy)]
struct Next<T> {
    window: *const T,
    slot: usize,
}

/// Makes the next `left` outputs of a branch, as many at a time as there are registers for.
///
/// # Safety
/// As for [`run`]; the windows of all of them lie within the batch's samples.
#[inline(always)]
unsafe fn group<T: Arithmetic, V: Vector<T>, const C: usize>(
    batch: &Batch<'_, T>,
    sink: &mut Sink<'_, T>,
    branch: Branch<'_, T>,
    (mut next, mut left): (Next<T>, usize),
) {
    while left > 0 {
        let made = match left {
            // SAFETY: as promised by the caller; so many outputs are left.
            8.. if 8 * C <= V::TILE => unsafe { tile::<T, V, C, 8>(batch, sink, branch, next) },
            // SAFETY: the same.
            4.. if 4 * C <= V::TILE => unsafe { tile::<T, V, C, 4>(batch, sink, branch, next) },
            // SAFETY: the same.
            2.. if 2 * C <= V::TILE => unsafe { tile::<T, V, C, 2>(batch, sink, branch, next) },
            // SAFETY: the same.
            _ => unsafe { tile::<T, V, C, 1>(batch, sink, branch, next) },
        };
        next.window = next.window.wrapping_add(made * batch.bank.decimation);
        next.slot += made * batch.bank.interpolation * sink.frame;
        left -= made;
    }
}

/// Makes the next `R` outputs of `C` channels, and returns `R`.
///
/// # Safety
/// As for [`run`]; their windows lie within the batch's samples.
#[inline(always)]
unsafe fn tile<T: Arithmetic, V: Vector<T>, const C: usize, const R: usize>(
    batch: &Batch<'_, T>,
    sink: &mut Sink<'_, T>,
    branch: Branch<'_, T>,
    next: Next<T>,
) -> usize {
    let bank = &batch.bank;
    let mut windows = [[next.window; C]; R];
    for (output, windows) in windows.iter_mut().enumerate() {
        for (channel, window) in windows.iter_mut().enumerate() {
            let offset = output * bank.decimation + channel * batch.planes.pitch;
            *window = window.wrapping_add(offset);
        }
    }
    // SAFETY: the processor has the instructions.
    let mut sums = [[unsafe { V::zero() }; C]; R];
    let (all_sums, all_windows) = (sums.as_flattened_mut(), windows.as_flattened());
    match branch {
        // SAFETY: as promised by the caller; a window has as many samples as a branch has coefficients.
        Branch::NewestFirst(taps) => unsafe { backward::<T, V>(all_sums, taps, all_windows) },
        // SAFETY: the same.
        Branch::OldestFirst(taps) => unsafe { forward::<T, V>(all_sums, taps, all_windows) },
        Branch::Middle(half) => {
            // SAFETY: the same, of the older half of the window.
            unsafe { forward::<T, V>(all_sums, half, all_windows) };
            let newer = windows.map(|windows| windows.map(|window| window.wrapping_add(half.len())));
            // SAFETY: the same, of the newer half.
            unsafe { backward::<T, V>(sums.as_flattened_mut(), half, newer.as_flattened()) };
        }
    }
    let mut totals = [[T::Total::default(); C]; R];
    // SAFETY: the processor has the instructions.
    unsafe { add_up::<T, V>(sums.as_flattened(), totals.as_flattened_mut()) };
    for (output, totals) in totals.into_iter().enumerate() {
        for (channel, total) in totals.into_iter().enumerate() {
            let slot = next.slot + output * bank.interpolation * sink.frame + channel * sink.channel;
            if let Some(sample) = sink.samples.get_mut(slot) {
                *sample = T::finish(total, bank.shift);
            }
        }
    }
    R
}

/// Adds coefficient times sample, the first coefficient at the oldest sample.
///
/// # Safety
/// As for [`run`]; there are as many samples behind each window as coefficients, none or at least `V::LANES`.
#[inline(always)]
unsafe fn forward<T: Arithmetic, V: Vector<T>>(
    sums: &mut [V::Sum],
    coefficients: &[T],
    windows: &[*const T],
) {
    let (steps, rest) = (coefficients.len() / V::LANES, coefficients.len() % V::LANES);
    for step in 0..steps {
        let at = step * V::LANES;
        // SAFETY: `at + LANES` is no more than the length.
        let taps = unsafe { V::load(coefficients.as_ptr().wrapping_add(at)) };
        // SAFETY: the same, as there are no fewer samples.
        unsafe { add::<T, V>(sums, taps, windows, at) };
    }
    if rest > 0 {
        let at = coefficients.len() - V::LANES;
        // SAFETY: `at + LANES` is the length.
        let taps = unsafe { V::load(coefficients.as_ptr().wrapping_add(at)) };
        // SAFETY: `rest` is a remainder of `LANES` and not 0.
        let taps = unsafe { V::keep_last(taps, rest) };
        // SAFETY: as above, and there are no fewer samples.
        unsafe { add::<T, V>(sums, taps, windows, at) };
    }
}

/// Adds coefficient times sample, the first coefficient at the newest sample.
///
/// # Safety
/// As for [`forward`].
#[inline(always)]
unsafe fn backward<T: Arithmetic, V: Vector<T>>(
    sums: &mut [V::Sum],
    coefficients: &[T],
    windows: &[*const T],
) {
    let (steps, rest) = (coefficients.len() / V::LANES, coefficients.len() % V::LANES);
    for step in 0..steps {
        let at = step * V::LANES;
        let from = coefficients.len() - at - V::LANES;
        // SAFETY: `from + LANES` is no more than the length.
        let taps = unsafe { V::load_reversed(coefficients.as_ptr().wrapping_add(from)) };
        // SAFETY: `at + LANES` is no more than the length, and there are no fewer samples.
        unsafe { add::<T, V>(sums, taps, windows, at) };
    }
    if rest > 0 {
        // SAFETY: the length is at least `LANES`.
        let taps = unsafe { V::load_reversed(coefficients.as_ptr()) };
        // SAFETY: `rest` is a remainder of `LANES` and not 0.
        let taps = unsafe { V::keep_last(taps, rest) };
        // SAFETY: the last `LANES` of the samples, and there are no fewer samples.
        unsafe { add::<T, V>(sums, taps, windows, coefficients.len() - V::LANES) };
    }
}

/// One step of all windows.
///
/// # Safety
/// As for [`run`]; each window has `V::LANES` samples from `at` on.
#[inline(always)]
unsafe fn add<T: Arithmetic, V: Vector<T>>(
    sums: &mut [V::Sum],
    taps: V::Taps,
    windows: &[*const T],
    at: usize,
) {
    for (sum, window) in sums.iter_mut().zip(windows) {
        // SAFETY: the processor has the instructions, and the window has `LANES` samples there.
        *sum = unsafe { V::add(*sum, taps, window.wrapping_add(at)) };
    }
}

/// Adds up four windows at a time, so that the order of the additions doesn't depend on how many there are.
///
/// # Safety
/// As for [`run`].
#[inline(always)]
unsafe fn add_up<T: Arithmetic, V: Vector<T>>(sums: &[V::Sum], totals: &mut [T::Total]) {
    for (sums, totals) in sums.chunks(4).zip(totals.chunks_mut(4)) {
        // SAFETY: the processor has the instructions.
        let mut four = [unsafe { V::zero() }; 4];
        four[..sums.len()].copy_from_slice(sums);
        // SAFETY: the processor has the instructions.
        let four = unsafe { V::totals(four) };
        totals.copy_from_slice(&four[..totals.len()]);
    }
}
