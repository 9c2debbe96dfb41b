//! Numbers as people read them.

use alloc::string::{String, ToString};

/// `1234567` as `1,234,567`.
pub(crate) fn grouped(number: impl Into<i128>) -> String {
    let number = number.into();
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A size or count; `usize` has no lossless way into a wider type that the language knows of.
pub(crate) fn size(number: usize) -> String {
    grouped(number as u64)
}

/// `part` in whole percent of `whole`, rounded down; 0 of nothing is 0.
pub(crate) fn percent(part: usize, whole: usize) -> u32 {
    let percent = (part as u128 * 100).checked_div(whole as u128).unwrap_or(0);
    u32::try_from(percent).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn grouped_table() {
        let cases = [
            (0, "0"),
            (7, "7"),
            (999, "999"),
            (1_000, "1,000"),
            (24_576, "24,576"),
            (999_999, "999,999"),
            (1_048_576, "1,048,576"),
            (-1, "-1"),
            (-999, "-999"),
            (-1_000, "-1,000"),
            (i64::MIN, "-9,223,372,036,854,775,808"),
        ];
        for (number, text) in cases {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn percent_table() {
        let cases =
            [(0, 0, 0), (5, 0, 0), (0, 5, 0), (1, 3, 33), (199, 200, 99), (200, 200, 100), (6, 3, 200)];
        for (part, whole, expected) in cases {
            assert_eq!(percent(part, whole), expected, "{part} of {whole}");
        }
        assert_eq!(percent(usize::MAX, usize::MAX), 100);
    }

    proptest! {
        #[test]
        fn grouped_reads_back(number: i64) {
            let text = grouped(number);
            prop_assert_eq!(text.replace(',', "").parse::<i64>().unwrap(), number);
            let mut groups = text.trim_start_matches('-').split(',');
            prop_assert!((1..=3).contains(&groups.next().unwrap().len()));
            prop_assert!(groups.all(|group| group.len() == 3));
        }
    }
}
