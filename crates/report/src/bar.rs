//! A region as a line of characters, each part as long as its share.

use alloc::string::String;

/// What each part is drawn with, from the base of a region to its top.
pub(crate) const PARTS: [char; 4] = ['#', '~', '=', '.'];

/// `width` characters for lifetime, padding, interim peak and spare; blanks when all are 0.
pub(crate) fn bar(bytes: [usize; 4], width: usize) -> String {
    let mut cells = cells(bytes, width);
    if cells.iter().sum::<usize>() == 0 {
        return " ".repeat(width);
    }
    let mut bar = String::with_capacity(width);
    for (part, count) in PARTS.into_iter().zip(&mut cells) {
        bar.extend(core::iter::repeat_n(part, *count));
    }
    bar
}

/// Shares of `width`: their sum is `width`, unless all parts are 0. A part that is there at all is seen, if there are as
/// many cells as such parts; what that costs, the largest pay.
fn cells(bytes: [usize; 4], width: usize) -> [usize; 4] {
    let total: u128 = bytes.iter().map(|&part| part as u128).sum();
    if total == 0 {
        return [0; 4];
    }
    let share = |part: usize| (part as u128 * width as u128 / total) as usize;
    let mut cells = bytes.map(|part| share(part).max(usize::from(part > 0)));
    // At most one cell per part too few, as shares are rounded down, or too many, as small parts are raised to one.
    loop {
        let sum: usize = cells.iter().sum();
        // How much more than it was given a part deserves, in cells times `total`.
        let lack = |n: usize, cells: &[usize; 4]| {
            (bytes[n] as u128 * width as u128) as i128 - (cells[n] as u128 * total) as i128
        };
        let changed = if sum < width {
            (0..4).max_by_key(|&n| lack(n, &cells)).map(|n| cells[n] += 1)
        } else if sum > width {
            (0..4).max_by_key(|&n| (cells[n], -lack(n, &cells))).map(|n| cells[n] -= 1)
        } else {
            None
        };
        if changed.is_none() {
            return cells;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bar_table() {
        let cases = [
            ([0, 0, 0, 0], 4, "    "),
            ([1, 0, 0, 0], 4, "####"),
            ([2, 0, 0, 2], 4, "##.."),
            ([1, 1, 1, 1], 4, "#~=."),
            ([1_000_000, 1, 0, 1], 6, "####~."),
            ([1, 1, 1, 97], 10, "#~=......."),
            ([3, 1, 3, 1], 2, "#="),
            ([1, 2, 3, 4], 0, ""),
            ([usize::MAX, 0, 0, usize::MAX], 4, "##.."),
        ];
        for (bytes, width, expected) in cases {
            assert_eq!(bar(bytes, width), expected, "{bytes:?} in {width}");
        }
    }

    fn part() -> impl Strategy<Value = usize> {
        prop_oneof![Just(0), 1..100_usize, 1..100_000_usize, any::<usize>()]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn cells_fill_the_width(bytes in [part(), part(), part(), part()], width in 0..300_usize) {
            let cells = cells(bytes, width);
            let present = bytes.iter().filter(|&&part| part > 0).count();
            prop_assert_eq!(cells.iter().sum::<usize>(), if present > 0 { width } else { 0 });
            prop_assert_eq!(bar(bytes, width).chars().count(), width);
            let total: u128 = bytes.iter().map(|&part| part as u128).sum();
            for (&part, &cells) in bytes.iter().zip(&cells) {
                prop_assert!(part > 0 || cells == 0);
                prop_assert!(part == 0 || cells > 0 || width < present);
                // Within one cell of its share, and what up to three parts that were raised to one cost it.
                let (got, share) = (cells as u128 * total, part as u128 * width as u128);
                prop_assert!(got.abs_diff(share) <= 4 * total, "{:?} in {}: {:?}", bytes, width, cells);
            }
        }
    }
}
