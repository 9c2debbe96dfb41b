//! A sine in fixed point: the same samples on every target.

/// Coefficients of sin(pi/2 x) = x (c1 - x² (c3 - x² (c5 - …))), Taylor's, rounded to Q1.31. What is left out is below
/// 6e-8 at x = 1.
const COEFFICIENTS: [i64; 6] = [7_728, 344_545, 10_053_990, 171_138_612, 1_387_197_337, 3_373_259_426];

/// sin(2 pi phase / 2^32) in Q1.31, at most 3 units of 2^-23 off; never beyond ±`i32::MAX`.
pub(super) fn sine(phase: u32) -> i32 {
    // The quarter that the phase is in, and how far into it, mirrored in the second and the fourth.
    let into = i64::from(phase & 0x3FFF_FFFF);
    let x = if phase & 0x4000_0000 == 0 { into << 1 } else { (0x4000_0000 - into) << 1 };
    let square = (x * x) >> 31;
    let series = COEFFICIENTS[1..].iter().fold(COEFFICIENTS[0], |series, c| c - ((series * square) >> 31));
    let magnitude = ((series * x) >> 31).min(i32::MAX.into()) as i32;
    if phase & 0x8000_0000 == 0 { magnitude } else { -magnitude }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;

    #[test]
    fn every_phase_is_within_the_bound_of_the_real_sine() {
        let mut worst = 0f64;
        for step in 0..1u32 << 20 {
            let phase = step << 12 | step & 0xFFF;
            let real = (f64::from(phase) / 2f64.powi(32) * std::f64::consts::TAU).sin();
            worst = worst.max((f64::from(sine(phase)) / 2f64.powi(31) - real).abs());
        }
        assert!(worst < 3.0 / 2f64.powi(23), "{worst:e}");
        assert!(worst > 1e-9, "nothing is that good: {worst:e}");
    }

    #[test]
    fn the_quarters_mirror_each_other() {
        assert_eq!([sine(0), sine(0x8000_0000)], [0, 0]);
        for phase in (1..0x4000_0000).step_by(65_537) {
            assert_eq!(sine(phase), sine(0x8000_0000 - phase));
            assert_eq!(sine(phase), -sine(phase.wrapping_neg()));
        }
        assert!(sine(0x4000_0000) > i32::MAX - 512);
    }
}
