//! Every backend against the sum written out, over one grid of lengths, alignments, channels and filters.

use std::string::ToString;
use std::vec;
use std::vec::Vec;

use super::*;

/// Full scale, the ends often.
fn noise(words: usize) -> Vec<i32> {
    let mut state = 12_345_u32;
    let step = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        match state >> 28 {
            0 => i32::MIN,
            1 => i32::MAX,
            2 => 0,
            _ => state as i32,
        }
    };
    core::iter::repeat_with(step).take(words).collect()
}

fn floats(words: usize) -> Vec<f32> {
    noise(words).into_iter().map(|sample| sample as f32 / 2_147_483_648.0).collect()
}

/// Few enough that sums saturate.
const SHIFT: u8 = 24;

/// What is different from one test to the next.
#[derive(Clone, Copy, Debug)]
struct Case {
    interpolation: usize,
    decimation: usize,
    taps: usize,
    half: bool,
    channels: usize,
    start: usize,
    branch: usize,
    outputs: usize,
}

impl Case {
    fn bank<T: Arithmetic>(self, coefficients: &[T]) -> Bank<Coefficients<'_, T>> {
        let length = self.interpolation * self.taps;
        let branches = if self.half {
            Branches::Half(&coefficients[..length / 2])
        } else {
            Branches::Whole(&coefficients[..length])
        };
        self.bank_of(Coefficients::Branches(branches))
    }

    fn bank_of<C>(self, coefficients: C) -> Bank<C> {
        let Self { interpolation, decimation, taps, .. } = self;
        let step = (decimation / interpolation, decimation % interpolation);
        Bank { interpolation, decimation, step, taps, shift: SHIFT, coefficients }
    }

    /// Whether some frames are reached by all of sixteen neighbouring outputs.
    fn can_spread(self) -> bool {
        self.rows_of_group() <= 2 * self.taps
    }

    /// Frames that sixteen outputs side by side can reach.
    fn rows_of_group(self) -> usize {
        self.taps + (15 * self.decimation).div_ceil(self.interpolation)
    }

    /// The coefficients of all outputs of a turn side by side.
    fn spread<T: Copy>(self, coefficients: &[T], padding: T) -> Vec<[T; WIDTH]> {
        let Self { interpolation: l, decimation: m, taps, .. } = self;
        let mut rows = vec![[padding; WIDTH]; l.div_ceil(WIDTH) * self.rows_of_group()];
        for (output, t) in (0..l).flat_map(|output| (0..taps).map(move |t| (output, t))) {
            let (group, oldest) = (output / WIDTH, output * m / l - output / WIDTH * WIDTH * m / l);
            let row = group * self.rows_of_group() + oldest + taps - 1 - t;
            rows[row][output % WIDTH] = self.coefficient(coefficients, output * m % l, t);
        }
        rows
    }

    /// What `backend` makes of it from such rows, on its way interleaved or, if `planar`, channel by channel.
    fn made_of_rows<T: Arithmetic>(
        self,
        backend: Backend,
        (rows, samples): (&[[T; WIDTH]], &[T]),
        planar: bool,
    ) -> Vec<T> {
        let inverse = (0..self.interpolation)
            .find(|inverse| self.decimation * inverse % self.interpolation == 1 % self.interpolation)
            .unwrap();
        let bank = self.bank_of(Coefficients::Spread(Rows { rows, each: self.rows_of_group(), inverse }));
        let (pitch, channels) = (self.frames(), self.channels);
        let planes = Planes { samples: &samples[..pitch * channels], pitch, channels };
        let mut made = vec![T::default(); channels * self.outputs];
        let (frame, channel) = if planar { (1, self.outputs) } else { (channels, 1) };
        let mut held = vec![[[T::default(); 2]; WIDTH]; channels];
        let mut sink = Sink { samples: &mut made, frame, channel };
        let (mut at, cut) = (self.window(), self.outputs / 3);
        for outputs in [cut, self.outputs - cut] {
            let Some(batch) = Batch::new(bank, planes, at, outputs) else { continue };
            T::run(backend, &batch, &mut sink, &mut held);
            sink.skip(outputs);
            at = batch.next;
        }
        if planar {
            made =
                (0..made.len()).map(|word| made[word % channels * self.outputs + word / channels]).collect();
        }
        made
    }

    /// Tap `t`, the newest first, of a branch.
    fn coefficient<T: Copy>(self, coefficients: &[T], branch: usize, t: usize) -> T {
        let mirror = self.interpolation - 1 - branch;
        let mirrored = self.half && (branch > mirror || branch == mirror && t >= self.taps / 2);
        let (branch, t) = if mirrored { (mirror, self.taps - 1 - t) } else { (branch, t) };
        coefficients[branch * self.taps + t]
    }

    /// The products of output `q` of a channel.
    fn products<'a, T: Copy>(
        self,
        (coefficients, samples): (&'a [T], &'a [T]),
        (pitch, channel, q): (usize, usize, usize),
    ) -> impl Iterator<Item = (T, T)> + 'a {
        let steps = self.branch + q * self.decimation;
        let newest = channel * pitch + self.start + steps / self.interpolation + self.taps - 1;
        let branch = steps % self.interpolation;
        (0..self.taps).map(move |t| (self.coefficient(coefficients, branch, t), samples[newest - t]))
    }

    /// Frames that the outputs need.
    fn frames(self) -> usize {
        let steps = self.branch + (self.outputs - 1) * self.decimation;
        self.start + steps / self.interpolation + self.taps
    }

    fn window(self) -> Window {
        Window { start: self.start, branch: self.branch }
    }

    /// What `backend` makes of it, interleaved.
    fn made<T: Arithmetic>(self, backend: Backend, (coefficients, samples): (&[T], &[T])) -> Vec<T> {
        let (pitch, channels) = (self.frames(), self.channels);
        let planes = Planes { samples: &samples[..pitch * channels], pitch, channels };
        let batch = Batch::new(self.bank(coefficients), planes, self.window(), self.outputs).unwrap();
        let mut made = vec![T::default(); channels * self.outputs];
        T::run(backend, &batch, &mut Sink { samples: &mut made, frame: channels, channel: 1 }, &mut []);
        made
    }

    /// The same from the first output of a group on, as streams are.
    fn of_whole_groups(self) -> Self {
        let Self { interpolation: l, decimation: m, .. } = self;
        let output = (0..l).find(|output| output * m % l == self.branch).unwrap();
        Self { branch: output / WIDTH * WIDTH * m % l, ..self }
    }

    /// Where a word of the output is.
    fn place(self, word: usize) -> (usize, usize, usize) {
        (self.frames(), word % self.channels, word / self.channels)
    }

    fn expected(self, coefficients: &[i32], samples: &[i32]) -> Vec<i32> {
        (0..self.channels * self.outputs)
            .map(|word| {
                let products = self.products((coefficients, samples), self.place(word));
                let sum: i128 = products.map(|(c, x)| i128::from(c) * i128::from(x)).sum();
                ((sum + (1 << (SHIFT - 1))) >> SHIFT).clamp(i32::MIN.into(), i32::MAX.into()) as i32
            })
            .collect()
    }

    fn check_fixed(self, coefficients: &[i32], samples: &[i32]) {
        let expected = self.expected(coefficients, samples);
        let whole = self.of_whole_groups();
        let of_rows = whole.expected(coefficients, samples);
        let rows = self.can_spread().then(|| self.spread(coefficients, 0));
        for backend in Backend::available() {
            assert_eq!(self.made(backend, (coefficients, samples)), expected, "{backend}: {self:?}");
            for planar in [false, true] {
                let Some(rows) = &rows else { continue };
                let made = whole.made_of_rows(backend, (rows, samples), planar);
                assert_eq!(made, of_rows, "{backend}: {whole:?}");
            }
        }
    }

    fn check_float(self, coefficients: &[f32], samples: &[f32]) {
        let whole = self.of_whole_groups();
        let rows = self.can_spread().then(|| self.spread(coefficients, -0.0));
        for backend in Backend::available() {
            self.check_bound((coefficients, samples), &self.made(backend, (coefficients, samples)), backend);
            if let Some(rows) = &rows {
                let made = whole.made_of_rows(backend, (rows, samples), false);
                whole.check_bound((coefficients, samples), &made, backend);
            }
        }
    }

    fn check_bound(self, filter: (&[f32], &[f32]), made: &[f32], backend: Backend) {
        for (word, made) in made.iter().enumerate() {
            let (mut exact, mut magnitudes) = (0.0, 0.0);
            for (c, x) in self.products(filter, self.place(word)) {
                let product = f64::from(c) * f64::from(x);
                (exact, magnitudes) = (exact + product, magnitudes + product.abs());
            }
            let bound = (self.taps + 2) as f64 * 2_f64.powi(-24) * magnitudes;
            let error = (f64::from(*made) - exact).abs();
            assert!(error <= bound, "{backend}: {self:?}, word {word}: off by {error}, not {bound}");
        }
    }
}

fn grid() -> impl Iterator<Item = Case> {
    // Lengths on both sides of every vector length and of two; Miri only gets to see a few.
    let taps = [1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 20, 24, 31, 32, 33, 40, 48, 67];
    let ratios = [(1, 1), (1, 3), (3, 2), (4, 3), (5, 7), (2, 1), (40, 49), (9, 1), (33, 32), (37, 40)];
    let channels = 1..=8;
    let all = taps.into_iter().flat_map(move |taps| ratios.map(|ratio| (taps, ratio)));
    let all = all.flat_map(move |filter| channels.clone().map(move |channels| (filter, channels)));
    let (stride, most) = if cfg!(miri) { (173, 19) } else { (1, usize::MAX) };
    all.enumerate().step_by(stride).map(move |(index, ((taps, (interpolation, decimation)), channels))| {
        let half = taps % 2 == 0 && index % 3 != 0;
        let (start, branch) = (index % 5, index % interpolation);
        let outputs = [1, 3, 17, interpolation, 5 * interpolation + 2][index % 5].min(most);
        Case { interpolation, decimation, taps, half, channels, start, branch, outputs }
    })
}

#[test]
fn fixed_point_is_exact_on_every_backend() {
    let (full_scale, samples) = (noise(40 * 67), noise(4000));
    // As large as the sum of the longest branch allows.
    let coefficients: Vec<i32> = full_scale.iter().map(|sample| sample >> 7).collect();
    for case in grid() {
        case.check_fixed(if case.taps == 1 { &full_scale } else { &coefficients }, &samples);
    }
}

#[test]
fn floats_are_within_the_bound_on_every_backend() {
    let (coefficients, samples) = (floats(40 * 67), floats(4000));
    for case in grid() {
        case.check_float(&coefficients, &samples);
    }
}

/// The widest backend is last, and there is always one.
#[test]
fn the_widest_backend_is_the_default() {
    assert_eq!(Backend::available().last(), Some(Backend::widest()));
    assert_eq!(Backend::available().next().unwrap().to_string(), "scalar");
}

#[test]
fn a_batch_must_lie_within_its_samples() {
    let case = Case {
        interpolation: 2,
        decimation: 3,
        taps: 4,
        half: true,
        channels: 2,
        start: 1,
        branch: 1,
        outputs: 3,
    };
    let (coefficients, samples) = ([1; 4], [1; 2 * 8]);
    let batch = |samples, pitch, start, branch, outputs| {
        let planes = Planes { samples, pitch, channels: 2 };
        Batch::new(case.bank(&coefficients), planes, Window { start, branch }, outputs)
            .map(|batch| batch.next)
    };
    assert_eq!(case.frames(), 8);
    assert_eq!(batch(&samples[..], 8, 1, 1, 3), Some(Window { start: 6, branch: 0 }));
    assert_eq!(batch(&samples[..], 8, 1, 1, 4), None, "a window too many");
    assert_eq!(batch(&samples[..], 7, 1, 1, 3), None, "planes too short");
    assert_eq!(batch(&samples[..15], 8, 1, 1, 3), None, "samples too few");
    assert_eq!(batch(&samples[..], 8, 1, 2, 3), None, "no such branch");
    assert_eq!(batch(&samples[..], 8, 1, 1, 0), None, "nothing to do");
    assert_eq!(batch(&samples[..], 8, usize::MAX, 1, 1), None);
    assert_eq!(batch(&samples[..], 8, 1, 1, usize::MAX), None);
    assert_eq!(batch(&samples[..], usize::MAX, 1, 1, 1), None);
}
