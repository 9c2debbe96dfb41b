//! The shape of a windows fade: x to the power of 1.75.
//!
//! SOF interpolates a table of 128 entries in Q1.15; here the power is worked out as x * sqrt(x) * sqrt(sqrt(x)) in Q2.30,
//! which is exact to a few units of 2^-30. Gains differ from SOF's by no more than its table is off (2^-15 or so).

/// x^1.75 for x of 0 to 1, both in Q2.30.
pub(super) fn power_175(x: u32) -> u32 {
    let x = u64::from(x.min(1 << 30));
    let root = (x << 30).isqrt();
    let fourth = (root << 30).isqrt();
    ((((x * root) >> 30) * fourth) >> 30) as u32
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;

    #[test]
    fn the_power_is_within_eight_units_of_the_real_one_and_rises() {
        let mut last = 0;
        for x in (0..=1u32 << 30).step_by(9973) {
            let real = (f64::from(x) / 2f64.powi(30)).powf(1.75) * 2f64.powi(30);
            let power = power_175(x);
            assert!((f64::from(power) - real).abs() < 8.0, "{x}: {power}, not {real}");
            assert!(power >= last);
            last = power;
        }
        assert_eq!([power_175(0), power_175(1 << 30), power_175(u32::MAX)], [0, 1 << 30, 1 << 30]);
    }
}
