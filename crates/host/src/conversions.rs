//! What conversions there are: qualities, pairs of rates, and what to say where a pair is missing.

use headroom_resample::{Plan, Quality, plan, plans};

use crate::error::Error;

/// Every quality, the cheapest first. A new one is added here; nothing else in this crate or in the command names any.
pub const QUALITIES: [Quality; 3] = [Quality::Lite, Quality::Standard, Quality::Mastering];

/// The pairs of rates that `quality` converts, input and output in Hz, sorted.
pub fn pairs(quality: Quality) -> Vec<(u32, u32)> {
    let mut pairs: Vec<_> = plans(quality).map(|plan| (plan.from(), plan.to())).collect();
    pairs.sort_unstable();
    pairs
}

/// The conversion from `from` Hz to `to` Hz.
///
/// # Errors
/// [`Error::NoConversion`], which lists what there is.
pub(crate) fn find(from: u32, to: u32, quality: Quality) -> Result<Plan<'static>, Error> {
    plan(from, to, quality).map_err(|_| Error::NoConversion {
        from,
        to,
        quality,
        help: help(from, to, quality),
    })
}

/// What there is instead: the pair at another quality, other rates for this input, or other inputs.
fn help(from: u32, to: u32, quality: Quality) -> String {
    let others = QUALITIES.into_iter().filter(|other| plan(from, to, *other).is_ok());
    let others: Vec<_> = others.map(|other| format!("`--quality {other}`")).collect();
    if !others.is_empty() {
        return format!("use {}", others.join(" or "));
    }
    let rates: Vec<_> = pairs(quality).into_iter().filter(|pair| pair.0 == from).map(|pair| pair.1).collect();
    if !rates.is_empty() {
        return format!("{from} Hz can become {} Hz", list(&rates));
    }
    let mut rates: Vec<_> = pairs(quality).into_iter().map(|pair| pair.0).collect();
    rates.dedup();
    format!("the input can have {} Hz", list(&rates))
}

/// `8000, 16000 or 48000`.
fn list(rates: &[u32]) -> String {
    let words: Vec<_> = rates.iter().map(u32::to_string).collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

/// About `count` conversions from all over the lists, for tests of what can't differ from one to the next by much.
#[cfg(test)]
pub(crate) fn some(count: usize) -> impl Iterator<Item = Plan<'static>> {
    let all: Vec<_> = QUALITIES.into_iter().flat_map(plans).collect();
    let step = all.len().div_ceil(count);
    all.into_iter().step_by(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn help_of(from: u32, to: u32, quality: Quality) -> String {
        match find(from, to, quality).unwrap_err() {
            Error::NoConversion { help, .. } => help,
            error => panic!("{error}"),
        }
    }

    #[test]
    fn a_missing_pair_is_answered_with_what_there_is() {
        let rates: Vec<_> = pairs(Quality::Standard).into_iter().filter(|pair| pair.0 == 44_100).collect();
        let said = help_of(44_100, 44_101, Quality::Standard);
        assert!(said.starts_with("44100 Hz can become "), "{said}");
        assert!(rates.iter().all(|(_, to)| said.contains(&to.to_string())), "{said}");
        let said = help_of(12_345, 48_000, Quality::Lite);
        assert!(said.starts_with("the input can have ") && said.contains("44100"), "{said}");
    }

    #[test]
    fn a_pair_of_another_quality_is_named() {
        for (from, to) in pairs(Quality::Standard) {
            if plan(from, to, Quality::Lite).is_err() {
                let said = help_of(from, to, Quality::Lite);
                assert!(said.starts_with("use ") && said.contains("`--quality standard`"), "{said}");
            }
        }
    }

    #[test]
    fn every_listed_pair_is_found_and_equal_rates_are_copies() {
        for quality in QUALITIES {
            assert!(pairs(quality).is_sorted() && !pairs(quality).is_empty());
            assert!(pairs(quality).into_iter().all(|(from, to)| find(from, to, quality).is_ok()));
            assert_eq!(find(12_345, 12_345, quality).unwrap().stages().len(), 0);
        }
    }

    #[test]
    fn lists_read_as_people_write_them() {
        assert_eq!((list(&[]), list(&[8000])), (String::new(), "8000".to_owned()));
        assert_eq!(list(&[8000, 16_000, 48_000]), "8000, 16000 or 48000");
    }
}
