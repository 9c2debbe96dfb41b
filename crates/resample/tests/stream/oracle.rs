//! What a resampler must put out, straight from the closed form and without a thought for speed.

use headroom_resample::{Plan, Stage};

/// The whole prototype, unfolded from the half that a stage keeps.
pub(crate) fn prototype(stage: &Stage<'_>) -> Vec<i32> {
    let (l, s) = (usize::from(stage.interpolation), usize::from(stage.taps));
    let mut whole = vec![None; l * s];
    for (position, coefficient) in stage.coefficients.iter().enumerate() {
        let index = position / s + position % s * l;
        for place in [index, l * s - 1 - index] {
            assert_eq!(whole[place].replace(*coefficient), None, "sample {place} is given twice");
        }
    }
    whole.into_iter().collect::<Option<_>>().unwrap()
}

/// One channel through one stage.
fn stage_output(stage: &Stage<'_>, input: &[i32]) -> Vec<i32> {
    let (l, m) = (usize::from(stage.interpolation), usize::from(stage.decimation));
    let h = prototype(stage);
    let frame = |q: usize| {
        let taps = (0..usize::from(stage.taps)).filter(|t| *t <= q * m / l);
        let sum: i128 =
            taps.map(|t| i128::from(h[q * m % l + t * l]) * i128::from(input[q * m / l - t])).sum();
        let rounded = (sum + (1 << (stage.shift - 1))) >> stage.shift;
        rounded.clamp(i32::MIN.into(), i32::MAX.into()) as i32
    };
    (0..).take_while(|q| q * m / l < input.len()).map(frame).collect()
}

/// Interleaved frames through all stages of a plan.
pub(crate) fn output(plan: Plan<'_>, channels: usize, input: &[i32]) -> Vec<i32> {
    let through = |channel| {
        let mono: Vec<i32> = input.iter().skip(channel).step_by(channels).copied().collect();
        plan.stages().iter().fold(mono, |samples, stage| stage_output(stage, &samples))
    };
    let columns: Vec<_> = (0..channels).map(through).collect();
    (0..columns[0].len()).flat_map(|frame| columns.iter().map(move |column| column[frame])).collect()
}
