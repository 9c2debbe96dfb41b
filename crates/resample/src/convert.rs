//! Sample formats to and from the Q1.31 that the resampler works on.
//!
//! Each function converts as many samples as the shorter of its slices holds. 32-bit samples are Q1.31 already.

/// 16-bit samples to Q1.31, exactly.
pub fn from_s16(input: &[i16], output: &mut [i32]) {
    for (output, input) in output.iter_mut().zip(input) {
        *output = wide(*input);
    }
}

/// Q1.31 to 16-bit samples: rounded half up, saturated.
pub fn to_s16(input: &[i32], output: &mut [i16]) {
    for (output, input) in output.iter_mut().zip(input) {
        *output = narrow(*input);
    }
}

/// A 16-bit sample as Q1.31.
pub(crate) fn wide(sample: i16) -> i32 {
    i32::from(sample) << 16
}

/// Q1.31 as a 16-bit sample.
pub(crate) fn narrow(sample: i32) -> i16 {
    (((sample >> 15) + 1) >> 1).min(i32::from(i16::MAX)) as i16
}

/// 24-bit samples in the low bits of 32 (S24_4) to Q1.31, exactly. The top byte is ignored.
pub fn from_s24(input: &[i32], output: &mut [i32]) {
    for (output, input) in output.iter_mut().zip(input) {
        *output = *input << 8;
    }
}

/// Q1.31 to 24-bit samples, sign-extended to 32 (S24_4): rounded half up, saturated.
pub fn to_s24(input: &[i32], output: &mut [i32]) {
    for (output, input) in output.iter_mut().zip(input) {
        *output = (((*input >> 7) + 1) >> 1).min((1 << 23) - 1);
    }
}

/// Q1.31 to 24-bit samples, sign-extended to 32 (S24_4), rounded down as Sound Open Firmware does between its stages and
/// behind them.
pub fn truncate_to_s24(input: &[i32], output: &mut [i32]) {
    for (output, input) in output.iter_mut().zip(input) {
        *output = *input >> 8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s16_survives_a_round_trip() {
        let all: [i16; 5] = [i16::MIN, -1, 0, 1, i16::MAX];
        let (mut wide, mut back) = ([0; 5], [0; 5]);
        from_s16(&all, &mut wide);
        assert_eq!(wide, [i32::MIN, -65_536, 0, 65_536, 0x7fff_0000]);
        to_s16(&wide, &mut back);
        assert_eq!(back, all);
    }

    #[test]
    fn s16_rounds_half_up_and_saturates() {
        let mut out = [0; 6];
        to_s16(&[i32::MAX, i32::MIN, 0x8000, 0x7fff, -0x8000, -0x8001], &mut out);
        assert_eq!(out, [i16::MAX, i16::MIN, 1, 0, 0, -1]);
    }

    #[test]
    fn s24_survives_a_round_trip_whatever_its_top_byte() {
        let (mut wide, mut back) = ([0; 4], [0; 4]);
        from_s24(&[0x0080_0000, -1, 0x7f00_0001, 0x007f_ffff], &mut wide);
        assert_eq!(wide, [i32::MIN, -256, 256, 0x7fff_ff00]);
        to_s24(&wide, &mut back);
        assert_eq!(back, [-(1 << 23), -1, 1, (1 << 23) - 1]);
    }

    #[test]
    fn s24_rounds_half_up_and_saturates() {
        let mut out = [0; 6];
        to_s24(&[i32::MAX, i32::MIN, 0x80, 0x7f, -0x80, -0x81], &mut out);
        assert_eq!(out, [(1 << 23) - 1, -(1 << 23), 1, 0, 0, -1]);
    }

    #[test]
    fn s24_can_be_rounded_down() {
        let mut out = [0; 4];
        truncate_to_s24(&[i32::MAX, i32::MIN, 255, -1], &mut out);
        assert_eq!(out, [(1 << 23) - 1, -(1 << 23), 0, -1]);
    }

    #[test]
    fn the_shorter_slice_counts() {
        let mut out = [7; 3];
        from_s16(&[1], &mut out);
        assert_eq!(out, [65_536, 7, 7]);
    }
}
