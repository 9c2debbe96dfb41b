//! What conversions there are: qualities, pairs of rates with filters in the tables, and filters for others.

use headroom_resample::design::{Cascade, DesignError};
use headroom_resample::{Plan, PlanError, Quality, RATES, desk_plan, plan, plans};

use crate::error::Error;

/// Every quality, the cheapest first. A new one is added here; nothing else in this crate or in the command names any.
pub const QUALITIES: [Quality; 3] = [Quality::Lite, Quality::Standard, Quality::Mastering];

/// The pairs of rates that `quality` has in its tables, input and output in Hz, sorted.
pub fn pairs(quality: Quality) -> Vec<(u32, u32)> {
    let mut pairs: Vec<_> = plans(quality).map(|plan| (plan.from(), plan.to())).collect();
    pairs.sort_unstable();
    pairs
}

/// The conversion from `from` Hz to `to` Hz that topologies use: from the tables, or designed on the spot with its
/// coefficients in `memory`.
///
/// Cost: nothing, or milliseconds to seconds for a design.
///
/// # Errors
/// [`Error::NoConversion`], which says why there can be none.
pub(crate) fn find(from: u32, to: u32, quality: Quality, memory: &mut Vec<i32>) -> Result<Plan<'_>, Error> {
    let ready = plan(from, to, quality);
    ready_or_designed(ready, Conversion { from, to, quality }, memory)
}

/// Like [`find`], but the fastest, whatever memory it takes.
///
/// # Errors
/// As for [`find`].
pub(crate) fn find_fast(
    from: u32,
    to: u32,
    quality: Quality,
    memory: &mut Vec<i32>,
) -> Result<Plan<'_>, Error> {
    let ready = desk_plan(from, to, quality);
    ready_or_designed(ready, Conversion { from, to, quality }, memory)
}

/// What is to be converted, in Hz, and how well.
struct Conversion {
    from: u32,
    to: u32,
    quality: Quality,
}

fn ready_or_designed<'m>(
    ready: Result<Plan<'static>, PlanError>,
    conversion: Conversion,
    memory: &'m mut Vec<i32>,
) -> Result<Plan<'m>, Error> {
    let Conversion { from, to, quality } = conversion;
    match ready {
        Ok(plan) => Ok(plan),
        Err(_) => design(from, to, quality, memory).map_err(|why| Error::NoConversion {
            from,
            to,
            quality,
            help: format!("{why}; filters are ready between any two of {} Hz", list(&RATES)),
        }),
    }
}

/// Why topologies have no filter ready between two rates, and which rates have some; nothing where they have one.
pub fn unready(from: u32, to: u32) -> Option<String> {
    plan(from, to, Quality::Standard).err().map(|error| error.to_string())
}

fn design(from: u32, to: u32, quality: Quality, memory: &mut Vec<i32>) -> Result<Plan<'_>, DesignError> {
    let cascade = Cascade::new(from, to, &quality.specification())?;
    memory.resize(cascade.coefficient_words()?, 0);
    cascade.plan(&mut vec![0.0; cascade.work_words()?], memory)
}

/// `8000, 16000 or 48000`.
fn list(rates: &[u32]) -> String {
    let words: Vec<_> = rates.iter().map(u32::to_string).collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

/// The conversions that [`find_fast`] finds, where [`find`] finds others.
#[cfg(test)]
pub(crate) fn fast() -> impl Iterator<Item = Plan<'static>> {
    let pairs = RATES.into_iter().flat_map(|from| RATES.map(|to| (from, to)));
    let all = pairs.flat_map(|pair| QUALITIES.map(|quality| (pair, quality)));
    all.filter_map(|((from, to), quality)| {
        let fast = desk_plan(from, to, quality).unwrap();
        (fast != plan(from, to, quality).unwrap()).then_some(fast)
    })
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

    #[test]
    fn other_rates_are_designed() {
        let mut memory = Vec::new();
        for (from, to) in [(44_100, 40_000), (12_345, 48_000), (22_000, 48_000)] {
            let found = find(from, to, Quality::Lite, &mut memory);
            let plan = found.unwrap();
            assert_eq!((plan.from(), plan.to()), (from, to));
            assert!(!plan.stages().is_empty());
        }
    }

    #[test]
    fn rates_that_have_too_little_in_common_are_refused_with_the_reason() {
        let error = find(100_003, 100_019, Quality::Lite, &mut Vec::new()).unwrap_err();
        let Error::NoConversion { from: 100_003, to: 100_019, help, .. } = error else { panic!("{error}") };
        assert!(help.contains("common divisor") && help.contains("44100"), "{help}");
    }

    #[test]
    fn every_listed_pair_is_found_and_equal_rates_are_copies() {
        let mut memory = Vec::new();
        for quality in QUALITIES {
            assert!(pairs(quality).is_sorted() && !pairs(quality).is_empty());
            assert!(
                pairs(quality).into_iter().all(|(from, to)| find(from, to, quality, &mut memory).is_ok())
            );
            assert_eq!(find(12_345, 12_345, quality, &mut memory).unwrap().stages().len(), 0);
        }
        assert!(memory.is_empty(), "nothing was designed");
    }

    #[test]
    fn the_fast_one_is_direct_where_there_is_such_a_plan_and_designed_as_before_where_there_is_none() {
        let (mut memory, mut other) = (Vec::new(), Vec::new());
        let stages = |plan: Plan<'_>| plan.stages().len();
        assert_eq!(stages(find_fast(44_100, 48_000, Quality::Standard, &mut memory).unwrap()), 1);
        assert_eq!(stages(find(44_100, 48_000, Quality::Standard, &mut memory).unwrap()), 2);
        let fast = find_fast(44_100, 40_000, Quality::Lite, &mut memory).unwrap();
        assert_eq!(fast, find(44_100, 40_000, Quality::Lite, &mut other).unwrap());
    }

    #[test]
    fn lists_read_as_people_write_them() {
        assert_eq!((list(&[]), list(&[8000])), (String::new(), "8000".to_owned()));
        assert_eq!(list(&[8000, 16_000, 48_000]), "8000, 16000 or 48000");
    }
}
