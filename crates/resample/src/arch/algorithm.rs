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
use super::batch::{Bank, Branch, Dots, Sink};

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

    /// [`channels`], compiled with the instructions of this type.
    unsafe fn channels<const C: usize, const GROUPS: bool>(
        batch: &Dots<'_, T>,
        sink: &mut Sink<'_, T>,
        channel: usize,
    ) -> usize;

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

/// Makes the outputs of a batch, a few channels at a time.
///
/// # Safety
/// The processor has the instructions of `V`; no branch has fewer coefficients than `V::LANES`, nor half as many if it is
/// a [`Branch::Middle`].
pub(super) unsafe fn run<T: Arithmetic, V: Vector<T>>(batch: &Dots<'_, T>, sink: &mut Sink<'_, T>) {
    let groups = batch.outputs > batch.bank.interpolation;
    let mut channel = 0;
    while channel < batch.planes.channels {
        channel += match (V::TILE.min(batch.planes.channels - channel), groups) {
            // SAFETY: as promised by the caller; so many channels are left.
            (8.., false) => unsafe { V::channels::<8, false>(batch, sink, channel) },
            // SAFETY: the same.
            (8.., true) => unsafe { V::channels::<8, true>(batch, sink, channel) },
            // SAFETY: the same.
            (4.., false) => unsafe { V::channels::<4, false>(batch, sink, channel) },
            // SAFETY: the same.
            (4.., true) => unsafe { V::channels::<4, true>(batch, sink, channel) },
            // SAFETY: the same.
            (2.., false) => unsafe { V::channels::<2, false>(batch, sink, channel) },
            // SAFETY: the same.
            (2.., true) => unsafe { V::channels::<2, true>(batch, sink, channel) },
            // SAFETY: the same.
            (_, false) => unsafe { V::channels::<1, false>(batch, sink, channel) },
            // SAFETY: the same.
            (_, true) => unsafe { V::channels::<1, true>(batch, sink, channel) },
        }
    }
}

/// Makes the outputs of the `C` channels from `channel` on, and returns `C`. If `GROUPS`, several outputs with the same
/// branch share their coefficients; that pays where there are some.
///
/// # Safety
/// As for [`run`]; the batch has these channels.
#[inline(always)]
pub(super) unsafe fn channels<T: Arithmetic, V: Vector<T>, const C: usize, const GROUPS: bool>(
    batch: &Dots<'_, T>,
    sink: &mut Sink<'_, T>,
    channel: usize,
) -> usize {
    let l = batch.bank.interpolation;
    let mut next = Next {
        window: batch.planes.samples.as_ptr().wrapping_add(channel * batch.planes.pitch + batch.start),
        slot: channel * sink.channel,
        branch: batch.branch,
    };
    if GROUPS {
        let (each, more) = (batch.outputs / l, batch.outputs % l);
        for index in 0..l.min(batch.outputs) {
            let outputs = each + usize::from(index < more);
            // SAFETY: as promised by the caller; the batch has that many outputs of this branch.
            unsafe { group::<T, V, C>(batch, sink, next, outputs) };
            next = next.after(batch, sink);
        }
        return C;
    }
    let mut left = batch.outputs;
    while 2 * C <= V::TILE && left >= 2 {
        let second = next.after(batch, sink);
        // SAFETY: as promised by the caller; two outputs are left.
        unsafe { pair::<T, V, C>(batch, sink, [next, second]) };
        next = second.after(batch, sink);
        left -= 2;
    }
    for _ in 0..left {
        // SAFETY: as promised by the caller; an output is left.
        unsafe { tile::<T, V, C, 1>(batch, sink, batch.bank.branch(next.branch), next) };
        next = next.after(batch, sink);
    }
    C
}

/// An output: the oldest sample of its window, the word of the sink that it goes to, and its branch.
#[derive(Clone, Copy)]
struct Next<T> {
    window: *const T,
    slot: usize,
    branch: usize,
}

impl<T> Next<T> {
    /// The output after this one.
    #[inline(always)]
    fn after(self, batch: &Dots<'_, T>, sink: &Sink<'_, T>) -> Self {
        let Bank { interpolation, step: (frames, branches), .. } = batch.bank;
        let (mut window, mut branch) = (self.window.wrapping_add(frames), self.branch + branches);
        if branch >= interpolation {
            (window, branch) = (window.wrapping_add(1), branch - interpolation);
        }
        Self { window, slot: self.slot + sink.frame, branch }
    }
}

/// Makes the next `left` outputs of a branch, as many at a time as there are registers for.
///
/// # Safety
/// As for [`run`]; the windows of all of them lie within the batch's samples.
#[inline(always)]
unsafe fn group<T: Arithmetic, V: Vector<T>, const C: usize>(
    batch: &Dots<'_, T>,
    sink: &mut Sink<'_, T>,
    mut next: Next<T>,
    mut left: usize,
) {
    let branch = batch.bank.branch(next.branch);
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

/// Makes two outputs of `C` channels, of any branches.
///
/// # Safety
/// As for [`run`]; their windows lie within the batch's samples.
#[inline(always)]
unsafe fn pair<T: Arithmetic, V: Vector<T>, const C: usize>(
    batch: &Dots<'_, T>,
    sink: &mut Sink<'_, T>,
    pair: [Next<T>; 2],
) {
    let mut windows = pair.map(|next| [next.window; C]);
    for (channel, offset) in (0..C).map(|channel| (channel, channel * batch.planes.pitch)) {
        windows.iter_mut().for_each(|windows| windows[channel] = windows[channel].wrapping_add(offset));
    }
    // SAFETY: the processor has the instructions.
    let mut sums = [[unsafe { V::zero() }; C]; 2];
    let [first, second] = pair.map(|next| batch.bank.branch(next.branch));
    let (all_sums, all_windows) = (sums.as_flattened_mut(), windows.as_flattened());
    match (first, second) {
        // SAFETY: as promised by the caller; a window has as many samples as a branch has coefficients.
        (Branch::NewestFirst(a), Branch::NewestFirst(b)) => unsafe {
            backward::<T, V>(all_sums, &[a, b], all_windows)
        },
        // SAFETY: the same.
        (Branch::OldestFirst(a), Branch::OldestFirst(b)) => unsafe {
            forward::<T, V>(all_sums, &[a, b], all_windows)
        },
        _ => {
            for ((branch, sums), windows) in [first, second].into_iter().zip(&mut sums).zip(&windows) {
                // SAFETY: the same.
                unsafe { convolve::<T, V>(sums, branch, windows) };
            }
        }
    }
    let mut totals = [[T::Total::default(); C]; 2];
    // SAFETY: the processor has the instructions.
    unsafe { add_up::<T, V>(sums.as_flattened(), totals.as_flattened_mut()) };
    for (next, totals) in pair.into_iter().zip(totals) {
        store(batch, sink, next.slot, totals);
    }
}

/// One output of all channels, from `slot` on.
#[inline(always)]
fn store<T: Arithmetic, const C: usize>(
    batch: &Dots<'_, T>,
    sink: &mut Sink<'_, T>,
    slot: usize,
    totals: [T::Total; C],
) {
    for (channel, total) in totals.into_iter().enumerate() {
        if let Some(sample) = sink.samples.get_mut(slot + channel * sink.channel) {
            *sample = T::finish(total, batch.bank.shift);
        }
    }
}

/// Adds the products of windows with the coefficients of one branch.
///
/// # Safety
/// As for [`run`]; a window has as many samples as the branch has coefficients.
#[inline(always)]
unsafe fn convolve<T: Arithmetic, V: Vector<T>>(
    sums: &mut [V::Sum],
    branch: Branch<'_, T>,
    windows: &[*const T],
) {
    match branch {
        // SAFETY: as promised by the caller.
        Branch::NewestFirst(taps) => unsafe { backward::<T, V>(sums, &[taps], windows) },
        // SAFETY: the same.
        Branch::OldestFirst(taps) => unsafe { forward::<T, V>(sums, &[taps], windows) },
        Branch::Middle(half) => {
            for (sum, window) in sums.iter_mut().zip(windows) {
                let (sum, newer) = (core::slice::from_mut(sum), window.wrapping_add(half.len()));
                // SAFETY: the same, of the older half of the window.
                unsafe { forward::<T, V>(sum, &[half], &[*window]) };
                // SAFETY: the same, of the newer half.
                unsafe { backward::<T, V>(sum, &[half], &[newer]) };
            }
        }
    }
}

/// Makes the next `R` outputs of `C` channels, and returns `R`.
///
/// # Safety
/// As for [`run`]; their windows lie within the batch's samples.
#[inline(always)]
unsafe fn tile<T: Arithmetic, V: Vector<T>, const C: usize, const R: usize>(
    batch: &Dots<'_, T>,
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
    // SAFETY: as promised by the caller.
    unsafe { convolve::<T, V>(sums.as_flattened_mut(), branch, windows.as_flattened()) };
    let mut totals = [[T::Total::default(); C]; R];
    // SAFETY: the processor has the instructions.
    unsafe { add_up::<T, V>(sums.as_flattened(), totals.as_flattened_mut()) };
    for (output, totals) in totals.into_iter().enumerate() {
        store(batch, sink, next.slot + output * bank.interpolation * sink.frame, totals);
    }
    R
}

/// Adds coefficient times sample, the first coefficient at the oldest sample. Of several rows of coefficients, each is
/// for as many of the windows.
///
/// # Safety
/// As for [`run`]; all rows are of one length, at least `V::LANES`, and there are as many samples behind each window.
#[inline(always)]
unsafe fn forward<T: Arithmetic, V: Vector<T>>(sums: &mut [V::Sum], rows: &[&[T]], windows: &[*const T]) {
    let length = rows[0].len();
    let each = windows.len() / rows.len();
    for step in 0..length / V::LANES {
        let at = step * V::LANES;
        for ((row, sums), windows) in rows.iter().zip(sums.chunks_mut(each)).zip(windows.chunks(each)) {
            // SAFETY: `at + LANES` is no more than the length.
            let taps = unsafe { V::load(row.as_ptr().wrapping_add(at)) };
            // SAFETY: the same, as there are no fewer samples.
            unsafe { add::<T, V>(sums, taps, windows, at) };
        }
    }
    let (rest, at) = (length % V::LANES, length.wrapping_sub(V::LANES));
    if rest > 0 {
        for ((row, sums), windows) in rows.iter().zip(sums.chunks_mut(each)).zip(windows.chunks(each)) {
            // SAFETY: `at + LANES` is the length.
            let taps = unsafe { V::load(row.as_ptr().wrapping_add(at)) };
            // SAFETY: `rest` is a remainder of `LANES` and not 0.
            let taps = unsafe { V::keep_last(taps, rest) };
            // SAFETY: as above, and there are no fewer samples.
            unsafe { add::<T, V>(sums, taps, windows, at) };
        }
    }
}

/// Adds coefficient times sample, the first coefficient at the newest sample.
///
/// # Safety
/// As for [`forward`].
#[inline(always)]
unsafe fn backward<T: Arithmetic, V: Vector<T>>(sums: &mut [V::Sum], rows: &[&[T]], windows: &[*const T]) {
    let length = rows[0].len();
    let each = windows.len() / rows.len();
    for step in 0..length / V::LANES {
        let at = step * V::LANES;
        let from = length - at - V::LANES;
        for ((row, sums), windows) in rows.iter().zip(sums.chunks_mut(each)).zip(windows.chunks(each)) {
            // SAFETY: `from + LANES` is no more than the length.
            let taps = unsafe { V::load_reversed(row.as_ptr().wrapping_add(from)) };
            // SAFETY: `at + LANES` is no more than the length, and there are no fewer samples.
            unsafe { add::<T, V>(sums, taps, windows, at) };
        }
    }
    let (rest, at) = (length % V::LANES, length.wrapping_sub(V::LANES));
    if rest > 0 {
        for ((row, sums), windows) in rows.iter().zip(sums.chunks_mut(each)).zip(windows.chunks(each)) {
            // SAFETY: the length is at least `LANES`.
            let taps = unsafe { V::load_reversed(row.as_ptr()) };
            // SAFETY: `rest` is a remainder of `LANES` and not 0.
            let taps = unsafe { V::keep_last(taps, rest) };
            // SAFETY: the last `LANES` of the samples, and there are no fewer.
            unsafe { add::<T, V>(sums, taps, windows, at) };
        }
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
