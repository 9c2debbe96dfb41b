//! The extremes of the error that an exchange has found, alternating in sign.

/// A frequency, as a share of the prototype's rate, and the error there, as a share of what is allowed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Extreme {
    pub(super) frequency: f64,
    pub(super) error: f64,
}

impl Extreme {
    /// Is it at least as large as a neighbour on its side of zero, if there is one?
    pub(super) fn exceeds(&self, neighbour: Option<Self>) -> bool {
        neighbour.is_none_or(|neighbour| self.error.abs() >= neighbour.error * self.error.signum())
    }

    /// Where the parabola through this and the points before and after it is highest.
    pub(super) fn vertex(&self, before: &Self, after: &Self) -> f64 {
        let (left, right) = (self.frequency - before.frequency, after.frequency - self.frequency);
        let (rise, fall) = ((self.error - before.error) / left, (after.error - self.error) / right);
        let (slope, bend) = (rise * right + fall * left, fall - rise);
        if bend == 0.0 {
            return self.frequency;
        }
        self.frequency - (slope / (2.0 * bend)).clamp(-right, left)
    }
}

/// A list in rising order of frequency.
pub(super) struct Extremes<'m> {
    frequencies: &'m mut [f64],
    errors: &'m mut [f64],
    count: usize,
}

impl<'m> Extremes<'m> {
    /// Words of memory for a prototype of `2 * half` samples.
    pub(super) const fn memory_words(half: usize) -> usize {
        2 * Self::capacity(half)
    }

    /// The error has at most as many extremes as the amplitude, and a few that the bounds and the band edges make.
    const fn capacity(half: usize) -> usize {
        half + 32
    }

    pub(super) fn new(half: usize, memory: &'m mut [f64]) -> Option<Self> {
        let (frequencies, rest) = memory.split_at_mut_checked(Self::capacity(half))?;
        let (errors, _) = rest.split_at_mut_checked(Self::capacity(half))?;
        Some(Self { frequencies, errors, count: 0 })
    }

    /// As much memory as one list takes, for other use until the next search.
    pub(super) fn scratch(&mut self) -> &mut [f64] {
        self.count = 0;
        self.frequencies
    }

    pub(super) fn clear(&mut self) {
        self.count = 0;
    }

    /// The frequencies of all that are in the list.
    pub(super) fn frequencies(&self) -> &[f64] {
        &self.frequencies[..self.count]
    }

    /// The largest error, whatever its sign.
    pub(super) fn largest(&self) -> f64 {
        self.errors[..self.count].iter().fold(0.0, |largest, error| largest.max(error.abs()))
    }

    /// Appends an extreme; of neighbours with the same sign only the largest stays. One beyond the capacity is dropped.
    pub(super) fn keep(&mut self, extreme: Extreme) {
        let last = self.count.checked_sub(1).map(|last| self.errors[last]);
        match last {
            Some(last) if (last < 0.0) == (extreme.error < 0.0) => {
                if extreme.error.abs() <= last.abs() {
                    return;
                }
                self.count -= 1;
            }
            _ => {}
        }
        if self.count < self.errors.len() {
            (self.frequencies[self.count], self.errors[self.count]) = (extreme.frequency, extreme.error);
            self.count += 1;
        }
    }

    /// Drops the smallest until `wanted` are left, still alternating: from an end singly, from between in pairs.
    /// `None` if there are too few.
    pub(super) fn thin_out(&mut self, wanted: usize) -> Option<()> {
        while self.count > wanted {
            let errors = &self.errors[..self.count];
            let smaller = |a: usize, b: usize| if errors[a].abs() < errors[b].abs() { a } else { b };
            let last = self.count - 1;
            let smallest = (1..=last).fold(0, smaller);
            if self.count == wanted + 1 || smallest == 0 || smallest == last {
                let end = if self.count == wanted + 1 { smaller(0, last) } else { smallest };
                self.remove(end, 1);
            } else {
                let neighbour = smaller(smallest - 1, smallest + 1);
                self.remove(smallest.min(neighbour), 2);
            }
        }
        (self.count == wanted).then_some(())
    }

    fn remove(&mut self, first: usize, count: usize) {
        self.frequencies.copy_within(first + count..self.count, first);
        self.errors.copy_within(first + count..self.count, first);
        self.count -= count;
    }
}
