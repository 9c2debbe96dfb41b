//! The Remez exchange: the low-pass of a given length whose error, as a share of what is allowed, is the smallest.
//!
//! A linear-phase filter of 2n samples has the amplitude A(f) = cos(pi f) P(s) with s = sin^2(pi f), where P is a
//! polynomial of degree n - 1. The best one touches its bounds in turn at n + 1 frequencies, the reference:
//!
//! ```text
//!   A   1 +-.-.-.   pass-band                       . touches a bound
//!         |'   ' \
//!         |       \                .     .  stop-band, bounds closing with frequency
//!       0 +--------\-.-'-.-'-.-'-----'--
//!         0      pass stop            1/2  f, as a share of the prototype's rate
//! ```
//! An exchange takes P through the reference with equal error and alternating sign, finds where the error really is
//! largest, and makes those frequencies the next reference.
//!
//! T. W. Parks, J. H. McClellan, "Chebyshev approximation for nonrecursive digital filters with linear phase", IEEE
//! Trans. Circuit Theory 19 (1972).

use core::f64::consts::PI;
use core::ops::Range;

use super::extremes::{Extreme, Extremes};
use super::polynomial::{Polynomial, node};
use super::template::Template;

/// Parts into which the search cuts what lies between two points of the reference. A parabola through the highest three
/// points finds the peak between them.
const DENSITY: usize = 8;
/// It takes about ten exchanges; beyond this many it goes in circles.
const EXCHANGES: usize = 60;
/// How far the largest error may lie above that of the reference: 0.02 dB.
const EVEN: f64 = 1.002;

/// A filter on its way to being the best of its length.
pub(super) struct Exchange<'m> {
    template: Template,
    /// Frequencies in rising order, as shares of the prototype's rate; those of `half` samples in front.
    reference: &'m mut [f64],
    half: usize,
    polynomial: Polynomial<'m>,
    found: Extremes<'m>,
}

impl<'m> Exchange<'m> {
    /// Words of memory that a prototype of `2 * half` samples takes.
    pub(super) const fn memory_words(half: usize) -> usize {
        4 * (half + 1) + Extremes::memory_words(half)
    }

    /// For prototypes of up to `2 * most` samples. `None` if there is too little memory.
    pub(super) fn new(template: Template, most: usize, memory: &'m mut [f64]) -> Option<Self> {
        let (reference, rest) = memory.split_at_mut_checked(most + 1)?;
        let (polynomial, rest) = rest.split_at_mut_checked(3 * (most + 1))?;
        let found = Extremes::new(most, rest)?;
        let mut exchange =
            Self { template, reference, half: 0, polynomial: Polynomial::new(polynomial), found };
        exchange.start(most);
        Some(exchange)
    }

    /// A filter too short to do anything sharp, its reference spread evenly over both bands.
    fn start(&mut self, most: usize) {
        let Template { pass, stop, .. } = self.template;
        self.half = (libm::ceil(0.3 / (stop - pass)) as usize).clamp(4, most.max(4));
        for (k, frequency) in self.reference.iter_mut().take(self.half + 1).enumerate() {
            // From 0 on, so that one at least is in the pass-band, but not up to 1/2: there a filter of even length is
            // zero whatever its samples.
            let along = (pass + 0.5 - stop) * k as f64 / (self.half as f64 + 1.0);
            *frequency = if along <= pass { along } else { along - pass + stop };
        }
    }

    /// Makes the best filter of `2 * half` samples; returns its largest error, as a share of what is allowed. `None` if
    /// there is none to be found, or no room for it.
    ///
    /// From an evenly spread reference long filters don't get there, as the best reference is denser at the band edges.
    /// So the length grows in steps, and the reference with it.
    pub(super) fn run(&mut self, half: usize) -> Option<f64> {
        if half < self.half || half >= self.reference.len() {
            return None;
        }
        let mut largest = self.settle()?;
        while self.half < half {
            self.stretch((self.half * 3 / 2).min(half));
            largest = self.settle()?;
        }
        Some(largest)
    }

    /// Spreads the reference over more points, with the same density along each band.
    fn stretch(&mut self, half: usize) {
        let old = self.half + 1;
        let (from, to) = (&mut self.found.scratch()[..old], &mut self.reference[..half + 1]);
        from.copy_from_slice(&to[..old]);
        let (pass, stop) = from.split_at(from.partition_point(|frequency| *frequency <= self.template.pass));
        let share = (pass.len() * to.len() + old / 2) / old;
        let (new_pass, new_stop) = to.split_at_mut(share);
        resample(pass, new_pass);
        resample(stop, new_stop);
        self.half = half;
    }

    /// Exchanges until the error is even; returns the largest one. `None` if it never is.
    fn settle(&mut self) -> Option<f64> {
        for _ in 0..EXCHANGES {
            let template = self.template;
            let reference = &self.reference[..self.half + 1];
            let even = self.polynomial.interpolate(reference, |frequency| template.at(frequency)).abs();
            self.search();
            self.found.thin_out(self.half + 1)?;
            let largest = self.found.largest();
            if largest <= EVEN * even {
                return Some(largest);
            }
            self.reference[..self.half + 1].copy_from_slice(self.found.frequencies());
        }
        None
    }

    /// The first half of the prototype, by the inverse Fourier transform of its amplitude. `samples` takes as many as the
    /// last filter made has in a half.
    pub(super) fn impulse(&mut self, samples: &mut [f64]) {
        let half = self.half.min(samples.len());
        let length = 2 * half;
        for k in 0..half {
            let amplitude = self.amplitude(k as f64 / length as f64);
            self.found.scratch()[k] = amplitude;
        }
        let amplitudes = &self.found.scratch()[..half];
        for (index, sample) in samples.iter_mut().enumerate() {
            // Steps of pi / length from the middle of the filter, where a full turn is twice the length.
            let apart = length - 1 - 2 * index;
            let cosine = |k: usize| libm::cos(PI * (k * apart % (2 * length)) as f64 / length as f64);
            let sum: f64 = (1..half).map(|k| amplitudes[k] * cosine(k)).sum();
            *sample = (amplitudes[0] + 2.0 * sum) / length as f64;
        }
    }

    /// A at a frequency. Cost: a division for each sample of half the prototype.
    fn amplitude(&self, frequency: f64) -> f64 {
        let node = node(frequency);
        libm::sqrt(1.0 - node) * self.polynomial.value(node)
    }

    /// How far A is off, as a share of what is allowed there.
    fn error(&self, frequency: f64) -> Extreme {
        let (wanted, bound) = self.template.at(frequency);
        Extreme { frequency, error: (wanted - self.amplitude(frequency)) / bound }
    }

    /// Finds the local extremes of the error in both bands.
    fn search(&mut self) {
        self.found.clear();
        let of_pass = self.reference[..self.half + 1].partition_point(|at| *at <= self.template.pass);
        // At 1/2 the amplitude is zero whatever the samples are: the search ends where it still can be told from that.
        let end = 0.5 - 0.25 / (DENSITY * self.half) as f64;
        self.search_band(0.0..self.template.pass, 0..of_pass);
        self.search_band(self.template.stop..end, of_pass..self.half + 1);
    }

    /// Looks between the points of the reference, which thus are among the points looked at: as the error alternates
    /// there, no alternation is overlooked, however close together they are.
    fn search_band(&mut self, band: Range<f64>, reference: Range<usize>) {
        let (mut before, mut here) = (None, self.error(band.start));
        for k in reference.start..=reference.end {
            let target = if k < reference.end { self.reference[k] } else { band.end };
            let (from, width) = (here.frequency, target - here.frequency);
            if width <= 0.0 {
                continue;
            }
            for part in 1..=DENSITY {
                let along = from + width * part as f64 / DENSITY as f64;
                let after = self.error(if part == DENSITY { target } else { along });
                self.keep_peak(before, here, Some(after));
                (before, here) = (Some(here), after);
            }
        }
        self.keep_peak(before, here, None);
    }

    fn keep_peak(&mut self, before: Option<Extreme>, here: Extreme, after: Option<Extreme>) {
        if !here.exceeds(before) || !here.exceeds(after) {
            return;
        }
        let refined = match (before, after) {
            (Some(before), Some(after)) => self.error(here.vertex(&before, &after)),
            _ => here,
        };
        self.found.keep(if refined.exceeds(Some(here)) { refined } else { here });
    }
}

/// As many points as `to` has, along the line through those of `from` in order.
fn resample(from: &[f64], to: &mut [f64]) {
    let (Some(first), last) = (from.first(), from.len().saturating_sub(1)) else { return };
    let scale = last as f64 / to.len().saturating_sub(1).max(1) as f64;
    for (k, point) in to.iter_mut().enumerate() {
        let along = k as f64 * scale;
        let left = (along as usize).min(last);
        let (a, b) = (from[left], from.get(left + 1).unwrap_or(first));
        *point = if left == last { a } else { a + (b - a) * (along - left as f64) };
    }
}
