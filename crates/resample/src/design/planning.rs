//! From a cascade to a plan: designs its filters and fits their scales together.

use super::DesignError;
use super::cascade::Cascade;
use super::low_pass::LowPass;
use super::requirement::Requirement;
use crate::plan::Plan;
use crate::stage::Stage;

/// Between two stages not even the worst input may saturate, however loud its overshoots and the images that are left to
/// the second are: magnitudes below 2^32 times samples of at most 2^31, shifted by 32, are samples again.
const GUARDED: u8 = 32;

impl Cascade {
    /// Words of memory that [`plan`](Self::plan) works in; it is free again afterwards.
    ///
    /// # Errors
    /// [`DesignError`] if there is no such filter.
    pub fn work_words(&self) -> Result<usize, DesignError> {
        self.stages().try_fold(0, |most, stage| Ok(stage.memory_words()?.max(most)))
    }

    /// Words of memory for coefficients that are surely enough for [`plan`](Self::plan).
    ///
    /// # Errors
    /// [`DesignError`] if there is no such filter.
    pub fn coefficient_words(&self) -> Result<usize, DesignError> {
        self.stages().try_fold(0, |sum, stage| Ok(sum + stage.most_coefficients()?))
    }

    /// Designs the filters.
    ///
    /// Cost: milliseconds to seconds, see [`LowPass::design`].
    ///
    /// # Errors
    /// [`DesignError`] if there is too little memory, or no such filter.
    pub fn plan<'c>(
        &self,
        work: &mut [f64],
        mut coefficients: &'c mut [i32],
    ) -> Result<Plan<'c>, DesignError> {
        let (needed, given) = (self.coefficient_words()?, coefficients.len());
        let mut plan = Plan::copy(self.from, self.to);
        let (two, mut guard) = (self.stages().count() == 2, 0);
        for (index, wanted) in self.stages().enumerate() {
            let design = LowPass::design(wanted, work)?;
            let own = design.shift();
            let split = coefficients.split_at_mut_checked(design.length() / 2);
            let (words, rest) = split.ok_or(DesignError::Memory { needed, given })?;
            coefficients = rest;
            design.coefficients(own).zip(&mut *words).for_each(|(coefficient, word)| *word = coefficient);
            let shift = if two && index == 0 { GUARDED } else { own.saturating_sub(guard) };
            // The second stage makes up for what the first is shifted too far.
            guard = shift.saturating_sub(own);
            plan = plan.then(stage(wanted, &design, shift, words));
        }
        Ok(plan)
    }
}

fn stage<'c>(wanted: &Requirement, design: &LowPass<'_>, shift: u8, coefficients: &'c [i32]) -> Stage<'c> {
    Stage {
        interpolation: wanted.interpolation,
        decimation: wanted.decimation,
        taps: design.taps(),
        shift,
        coefficients,
    }
}
