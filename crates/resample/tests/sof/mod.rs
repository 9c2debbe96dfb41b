//! What Sound Open Firmware's converter needs for its delay lines: `src_buffer_lengths` of its `src_common.c`.

/// A conversion of its ipc4 set.
pub(crate) struct Conversion {
    pub(crate) from: u32,
    pub(crate) to: u32,
    stages: Vec<Stage>,
}

struct Stage {
    interpolation: usize,
    decimation: usize,
    taps: usize,
}

pub(crate) fn conversions() -> impl Iterator<Item = Conversion> {
    include_str!("ipc4.txt").lines().filter(|line| !line.starts_with('#')).map(|line| {
        let words: Vec<_> = line.split(' ').collect();
        let stage = |words: &[&str]| {
            let (l, m) = words[0].split_once('/').unwrap();
            let [interpolation, decimation, taps] = [l, m, words[1]].map(|word| word.parse().unwrap());
            Stage { interpolation, decimation, taps }
        };
        let [from, to] = [words[0], words[1]].map(|word| word.parse().unwrap());
        Conversion { from, to, stages: words[2..].chunks(2).map(stage).collect() }
    })
}

impl Stage {
    /// Frames of the input and the output line, whose reads and writes step by the delay multipliers.
    fn lines(&self) -> usize {
        let Self { interpolation, decimation, taps } = *self;
        let (input, output) = self.multipliers();
        taps + (interpolation - 1) * input + decimation + 1 + (interpolation - 1) * output
    }

    /// The pair with -input * L + output * M = 1 that `src_find_l0m0.m` picks.
    fn multipliers(&self) -> (usize, usize) {
        let Self { interpolation: l, decimation: m, .. } = *self;
        if m == 1 {
            return (0, 1);
        }
        if l == 1 {
            return (1, 0);
        }
        let pairs = (1..=4 * l).filter(|input| (1 + input * l).is_multiple_of(m));
        pairs.map(|input| (input, (1 + input * l) / m)).min_by_key(|(input, output)| input + output).unwrap()
    }
}

impl Conversion {
    /// For periods of 1 ms.
    pub(crate) fn delay_line_bytes(&self, channels: usize) -> usize {
        let lines: usize = self.stages.iter().map(Stage::lines).sum();
        let between = if let [first, _] = &self.stages[..] {
            let blocks = self.source_frames() / first.decimation + 1;
            let frames = 2 * first.interpolation * blocks;
            frames + frames / 8
        } else {
            0
        };
        (4 * channels * (lines + between)).next_multiple_of(8)
    }

    fn source_frames(&self) -> usize {
        // 44.1 kHz and its multiples count as those of 48 kHz.
        let rate = match self.to {
            44_100 => 48_000,
            88_200 => 96_000,
            176_400 => 192_000,
            rate => rate,
        };
        rate.div_ceil(1000) as usize * self.from as usize / self.to as usize
    }
}
