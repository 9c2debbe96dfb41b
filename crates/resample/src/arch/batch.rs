//! What there is to do in one go: a filter, the samples it reads, the outputs wanted and where they belong.

use core::cmp::Ordering;

/// A polyphase filter and where its coefficients are to be read: the table itself or a copy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bank<C> {
    /// L: branches.
    pub(crate) interpolation: usize,
    /// M: the branch after i is i + M, modulo L.
    pub(crate) decimation: usize,
    /// M / L and M modulo L: what a window and the branch move on by, from one output to the next.
    pub(crate) step: (usize, usize),
    /// S: taps of a branch.
    pub(crate) taps: usize,
    /// How far a sum is shifted down; floats are not.
    pub(crate) shift: u8,
    pub(crate) coefficients: C,
}

/// The two ways to lay coefficients out, each with an algorithm of its own.
#[derive(Clone, Copy, Debug)]
pub enum Coefficients<'a, T> {
    Branches(Branches<'a, T>),
    Spread(Rows<'a, T>),
}

/// Coefficients of sixteen outputs side by side, frame by frame: see [`Spread`](crate::spread::Spread).
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a, T> {
    pub(crate) rows: &'a [[T; WIDTH]],
    /// Rows of one group of outputs.
    pub(crate) each: usize,
    /// What a branch is multiplied with, modulo L, to find its output in a turn.
    pub(crate) inverse: usize,
}

/// Outputs of a row.
pub(crate) const WIDTH: usize = 16;

/// Branch by branch, newest input first; and how much of the prototype there is.
#[derive(Clone, Copy, Debug)]
pub enum Branches<'a, T> {
    /// All branches in their order.
    Whole(&'a [T]),
    /// A symmetric prototype: the first half of the branches, then half of the middle one if L is odd. Branch L-1-i is
    /// branch i read backwards.
    Half(&'a [T]),
}

impl<'a, T> Bank<Branches<'a, T>> {
    /// The coefficients of `branch`, which is less than L.
    #[inline(always)]
    pub(super) fn branch(&self, branch: usize) -> Branch<'a, T> {
        let taps = self.taps;
        let half = match self.coefficients {
            Branches::Whole(all) => return Branch::NewestFirst(&all[branch * taps..][..taps]),
            Branches::Half(half) => half,
        };
        let mirror = self.interpolation - 1 - branch;
        match branch.cmp(&mirror) {
            Ordering::Less => Branch::NewestFirst(&half[branch * taps..][..taps]),
            Ordering::Greater => Branch::OldestFirst(&half[mirror * taps..][..taps]),
            Ordering::Equal => Branch::Middle(&half[branch * taps..][..taps / 2]),
        }
    }

    /// The fewest coefficients that [`branch`](Self::branch) gives.
    pub(crate) fn fewest_coefficients(&self) -> usize {
        let has_middle = matches!(self.coefficients, Branches::Half(_)) && self.interpolation % 2 == 1;
        if has_middle { self.taps / 2 } else { self.taps }
    }
}

/// The coefficients of one branch.
#[derive(Clone, Copy)]
pub(super) enum Branch<'a, T> {
    /// All of them, the first for the newest frame.
    NewestFirst(&'a [T]),
    /// All of them, the first for the oldest frame.
    OldestFirst(&'a [T]),
    /// Half of them, the first for the newest frame and for the oldest one.
    Middle(&'a [T]),
}

/// What an output is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    /// The oldest frame.
    pub(crate) start: usize,
    /// The branch of the filter.
    pub(crate) branch: usize,
}

/// Outputs to be made from frames that are all there; holding one proves that they are.
#[derive(Debug)]
pub struct Batch<'a, T, C> {
    pub(crate) bank: Bank<C>,
    pub(super) planes: Planes<'a, T>,
    /// Oldest frame of the first output's window.
    pub(super) start: usize,
    /// Branch of the first output.
    pub(super) branch: usize,
    pub(super) outputs: usize,
    /// That of the output after the last.
    pub(crate) next: Window,
}

/// Outputs that are made branch by branch.
pub(super) type Dots<'a, T> = Batch<'a, T, Branches<'a, T>>;

/// Outputs that are made side by side.
pub(super) type Abreast<'a, T> = Batch<'a, T, Rows<'a, T>>;

/// Samples by channel, oldest first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Planes<'a, T> {
    pub(crate) samples: &'a [T],
    /// Words from one channel to the next.
    pub(crate) pitch: usize,
    pub(crate) channels: usize,
}

impl<'a, T: Copy, C> Batch<'a, T, C> {
    /// `outputs` outputs, the first from `window`; `None` if nothing is to do or a window reaches beyond the samples.
    pub(crate) fn new(bank: Bank<C>, planes: Planes<'a, T>, window: Window, outputs: usize) -> Option<Self> {
        let Window { start, branch } = window;
        let steps = outputs.checked_sub(1)?.checked_mul(bank.decimation)?.checked_add(branch)?;
        let last = steps.checked_div(bank.interpolation)?.checked_add(start)?;
        let end = last.checked_add(bank.taps)?;
        let held = planes.pitch.checked_mul(planes.channels)?;
        if branch >= bank.interpolation || end > planes.pitch || held > planes.samples.len() {
            return None;
        }
        let (start_after, branch_after) = (last + bank.step.0, steps % bank.interpolation + bank.step.1);
        let next = match branch_after.checked_sub(bank.interpolation) {
            Some(branch) => Window { start: start_after + 1, branch },
            None => Window { start: start_after, branch: branch_after },
        };
        Some(Self { bank, planes, start, branch, outputs, next })
    }

    /// The same with coefficients of a known layout.
    pub(super) fn with<D>(&self, coefficients: D) -> Batch<'a, T, D> {
        let &Self { bank: Bank { interpolation, decimation, step, taps, shift, .. }, .. } = self;
        let bank = Bank { interpolation, decimation, step, taps, shift, coefficients };
        let &Self { planes, start, branch, outputs, next, .. } = self;
        Batch { bank, planes, start, branch, outputs, next }
    }
}

/// What a group of outputs has come to in one channel; a sum takes two words.
pub(crate) type Held<T> = [[T; 2]; WIDTH];

/// Where outputs go: output q of channel c to word `q * frame + c * channel`.
#[derive(Debug)]
pub struct Sink<'a, T> {
    pub(crate) samples: &'a mut [T],
    pub(crate) frame: usize,
    pub(crate) channel: usize,
}

impl<T> Sink<'_, T> {
    /// Leaves the first `outputs` outputs be and goes on behind them.
    pub(crate) fn skip(&mut self, outputs: usize) {
        let samples = core::mem::take(&mut self.samples);
        self.samples = samples.get_mut(outputs * self.frame..).unwrap_or_default();
    }
}
