//! The polynomial through the reference of an exchange, by the barycentric formula.
//!
//! J.-P. Berrut, L. N. Trefethen, "Barycentric Lagrange interpolation", SIAM Review 46 (2004). The variable is
//! s = sin^2(pi f) and not the usual cos(2 pi f) = 1 - 2s, for s keeps its digits at the low frequencies where the
//! pass-band of a filter with many branches is.

use core::f64::consts::PI;

/// sin^2(pi f).
pub(super) fn node(frequency: f64) -> f64 {
    let sine = libm::sin(PI * frequency);
    sine * sine
}

/// Values at given nodes, and the weights that take a polynomial through them.
pub(super) struct Polynomial<'m> {
    nodes: &'m mut [f64],
    weights: &'m mut [f64],
    values: &'m mut [f64],
    count: usize,
}

impl<'m> Polynomial<'m> {
    /// Through at most a third as many nodes as there are words of memory.
    pub(super) fn new(memory: &'m mut [f64]) -> Self {
        let count = memory.len() / 3;
        let (nodes, rest) = memory.split_at_mut(count);
        let (weights, values) = rest.split_at_mut(count);
        Self { nodes, weights, values, count: 0 }
    }

    /// Goes through the frequencies of the reference so that the error there is the same share of what is allowed, with
    /// alternating sign; returns that share. `template` gives what is wanted of the amplitude, and what is allowed.
    pub(super) fn interpolate(&mut self, reference: &[f64], template: impl Fn(f64) -> (f64, f64)) -> f64 {
        self.count = reference.len();
        for (at, frequency) in self.nodes.iter_mut().zip(reference) {
            *at = node(*frequency);
        }
        self.weigh();
        // P is the amplitude over cos(pi f), so what is wanted and allowed of it is, too.
        let of = |frequency: &f64, at: &f64| {
            let (wanted, bound) = template(*frequency);
            let slope = libm::sqrt(1.0 - at);
            (wanted / slope, bound / slope)
        };
        let (mut above, mut below, mut sign) = (0.0, 0.0, 1.0);
        for ((weight, at), frequency) in self.weights.iter().zip(&*self.nodes).zip(reference) {
            let (wanted, bound) = of(frequency, at);
            above += weight * wanted;
            below += sign * weight * bound;
            sign = -sign;
        }
        let mut error = above / below;
        let share = error;
        for ((value, at), frequency) in self.values.iter_mut().zip(&*self.nodes).zip(reference) {
            let (wanted, bound) = of(frequency, at);
            *value = wanted - error * bound;
            error = -error;
        }
        share
    }

    /// The barycentric weights up to a common factor: 1 / product of the distances to all other nodes. Exponents are
    /// kept apart, as the product of a thousand distances leaves the range of a double.
    fn weigh(&mut self) {
        let mut highest = i32::MIN;
        for k in 0..self.count {
            let here = self.nodes[k];
            let (mut product, mut exponent) = (1.0, 0);
            for (j, other) in self.nodes[..self.count].iter().enumerate() {
                if j != k {
                    // Distances are a quarter on geometric average: times four keeps the exponent small.
                    product *= 4.0 * (here - other);
                }
                if j % 8 == 7 {
                    let (fraction, shift) = libm::frexp(product);
                    (product, exponent) = (fraction, exponent + shift);
                }
            }
            self.weights[k] = 1.0 / product;
            // Until all are known the exponent waits where the value will be.
            self.values[k] = f64::from(-exponent);
            highest = highest.max(-exponent);
        }
        for (weight, exponent) in self.weights[..self.count].iter_mut().zip(&*self.values) {
            *weight = libm::ldexp(*weight, *exponent as i32 - highest);
        }
    }

    /// P at a node.
    pub(super) fn value(&self, at: f64) -> f64 {
        let (mut above, mut below) = (0.0, 0.0);
        for ((other, weight), value) in self.nodes[..self.count].iter().zip(&*self.weights).zip(&*self.values)
        {
            let distance = at - other;
            if distance == 0.0 {
                return *value;
            }
            let share = weight / distance;
            above += share * value;
            below += share;
        }
        above / below
    }
}
