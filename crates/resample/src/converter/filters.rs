//! The filters of a converter, with their coefficients: those of the tables, or designed on the spot.

use alloc::{vec, vec::Vec};

use super::error::{ConverterError, NearestRates};
use crate::design::{Cascade, DesignError};
use crate::plan::{Plan, Quality, desk_plan};

/// The most samples that the prototypes designed on the spot may have together, by the estimate of their length: no more than five
/// seconds of work on a desk. (48 to 47.952 kHz has 7,320 and takes one, 44.1 to 40 kHz 3,160 and takes 0.2.)
const MOST_SAMPLES: usize = 16_384;

/// A plan that owns what it needs to.
#[derive(Clone, Debug)]
pub(super) struct Filters {
    /// Without coefficients, where these are designed.
    plan: Plan<'static>,
    /// Those of the first stage, then those of the second.
    designed: Vec<i32>,
}

impl Filters {
    /// The fastest filters that the tables have, else designed ones.
    pub(super) fn find(from: u32, to: u32, quality: Quality) -> Result<Self, ConverterError> {
        if let Ok(plan) = desk_plan(from, to, quality) {
            return Ok(Self { plan, designed: Vec::new() });
        }
        Self::design(from, to, quality).map_err(|why| ConverterError::NoFilter {
            from: NearestRates::of(from),
            to: NearestRates::of(to),
            why,
        })
    }

    fn design(from: u32, to: u32, quality: Quality) -> Result<Self, DesignError> {
        let cascade = Cascade::new(from, to, &quality.specification())?;
        let samples = 2 * cascade.coefficient_words()?;
        if samples > MOST_SAMPLES {
            return Err(DesignError::TooLong { samples, most: MOST_SAMPLES });
        }
        let mut designed = vec![0; cascade.coefficient_words()?];
        let plan = cascade.plan(&mut vec![0.0; cascade.work_words()?], &mut designed)?.without_coefficients();
        Ok(Self { plan, designed })
    }

    pub(super) fn plan(&self) -> Plan<'_> {
        if self.designed.is_empty() { self.plan } else { self.plan.with_coefficients(&self.designed) }
    }
}
