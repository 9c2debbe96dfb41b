//! What a filter stage of SOF puts out, twice: by the closed form and by the block procedure over delay lines. Both from
//! the description of the algorithm, without a thought for speed, and without anything of the crate under test.

/// A stage as SOF describes it.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pub(crate) l: usize,
    pub(crate) m: usize,
    /// Frames that the window of each branch lies before that of the last one, and frames that its output lies after.
    pub(crate) idm: usize,
    pub(crate) odm: usize,
    pub(crate) s: usize,
    pub(crate) shift: u8,
    /// Used as they are: Q1.23, or Q1.15 for the 16-bit tables.
    pub(crate) coefficients: Vec<i32>,
}

/// Sum to sample: rounded, shifted, saturated.
fn sample(sum: i128, shift: u8) -> i32 {
    let rounded = (sum + (1 << (shift - 1))) >> shift;
    rounded.clamp(i32::MIN.into(), i32::MAX.into()) as i32
}

/// One channel by the closed form, for as many whole blocks as there are.
pub(crate) fn closed_form(stage: &Stage, x: &[i32]) -> Vec<i32> {
    let Stage { l, m, s, .. } = *stage;
    let blocks = x.len() / m;
    let tap = |q: usize, t: usize| {
        let frame = (q * m / l).checked_sub((l - 1) * stage.idm + t);
        let x = frame.map_or(0, |frame| x[frame]);
        i128::from(stage.coefficients[q * m % l * s + t]) * i128::from(x)
    };
    (0..blocks * l).map(|q| sample((0..s).map(|t| tap(q, t)).sum(), stage.shift)).collect()
}

/// The delay lines of the block procedure.
pub(crate) struct Blocks<'a> {
    stage: &'a Stage,
    channels: usize,
    fir: Vec<i32>,
    fir_wp: usize,
    out: Vec<i32>,
    out_rp: usize,
}

impl<'a> Blocks<'a> {
    pub(crate) fn new(stage: &'a Stage, channels: usize) -> Self {
        let fir = vec![0; channels * (stage.s + (stage.l - 1) * stage.idm + stage.m)];
        let out = vec![0; channels * (1 + (stage.l - 1) * stage.odm)];
        Self { stage, channels, fir_wp: fir.len() - 1, fir, out, out_rp: 0 }
    }

    /// M frames in, L frames out.
    pub(crate) fn block(&mut self, input: &[i32]) -> Vec<i32> {
        let Stage { l, m, idm, odm, s, .. } = *self.stage;
        let (channels, words) = (self.channels, self.fir.len());
        for x in input {
            self.fir[self.fir_wp] = *x;
            self.fir_wp = if self.fir_wp == 0 { words - 1 } else { self.fir_wp - 1 };
        }
        let mut rp = (self.fir_wp + channels * (m + (l - 1) * idm)) % words;
        let mut wp = self.out_rp;
        for branch in 0..l {
            for channel in 0..channels {
                let product = |t: usize| {
                    let x = self.fir[(rp + words - channel + t * channels) % words];
                    i128::from(self.stage.coefficients[branch * s + t]) * i128::from(x)
                };
                self.out[wp + channel] = sample((0..s).map(product).sum(), self.stage.shift);
            }
            wp = (wp + odm * channels) % self.out.len();
            rp = (rp + words - idm * channels) % words;
        }
        let emitted = (0..l * channels).map(|word| self.out[(self.out_rp + word) % self.out.len()]);
        let emitted = emitted.collect();
        self.out_rp = (self.out_rp + l * channels) % self.out.len();
        emitted
    }
}
