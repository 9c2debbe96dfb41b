//! The state machines of pipelines and modules, as tables without effects.
//!
//! ```text
//!   pipeline  Init ──complete──► Ready ──prepare──► Prepared ──start──► Active ◄──► Paused
//!                                  ▲                                      │           │
//!                                  └───────────────── reset ──────────────┴───────────┘
//! ```
//!
//! Source: SOF's `ipc4/handler-user.c` and `audio/pipeline`, commit 12dd726529.

use headroom_module::instance::ComponentId;

/// Where a pipeline is in its life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PipelineState {
    /// Being built: modules are made and bound.
    Init,
    /// Complete: its order is known, its regions are sealed.
    Ready,
    /// Its modules are prepared.
    Prepared,
    /// Holding: nothing runs, all audio stays where it is.
    Paused,
    /// Running in every tick.
    Active,
}

/// Where a module is in its life: it follows its pipeline.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ModuleState {
    /// Made, or reset.
    Ready,
    /// Prepared for its streams.
    Prepared,
    /// Holding.
    Paused,
    /// Running.
    Active,
}

/// What a host can ask of a pipeline.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Requested {
    /// Back to Ready, all audio forgotten.
    Reset,
    /// Hold; the first time: complete the pipeline.
    Paused,
    /// Run.
    Running,
    /// Go on running, and know that nothing comes after what streams now.
    EndOfStream,
}

impl Requested {
    /// What a pipeline that refuses this has to be asked for first.
    pub(crate) const fn comes_after(self) -> Self {
        match self {
            Self::EndOfStream => Self::Running,
            Self::Reset | Self::Paused | Self::Running => Self::Paused,
        }
    }
}

/// What a host can know of where a pipeline is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Made, and asked for nothing yet.
    Made,
    /// Where it was last asked to be.
    Asked(Requested),
    /// Stopped by a module that failed, until it runs again or is reset.
    Stopped(ComponentId),
}

/// One step of getting a pipeline to the state that was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    /// Nothing to do.
    Stay,
    /// Work out the order and seal the regions.
    Complete,
    /// Prepare all modules.
    Prepare,
    /// Let it run.
    Start,
    /// Hold it.
    Pause,
    /// Stop it and forget all audio.
    Reset,
}

/// A request that makes no sense in the state that the pipeline is in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Refused;

/// The first of the two passes over all pipelines of a request: what must be so before any of them moves.
///
/// # Errors
/// [`Refused`]: running needs a pipeline that was completed first, by asking for Paused.
pub(crate) const fn prepare_pass(state: PipelineState, requested: Requested) -> Result<Step, Refused> {
    use PipelineState as S;
    match (requested, state) {
        (Requested::Running, S::Ready) => Ok(Step::Prepare),
        (Requested::Running, S::Active | S::Paused) => Ok(Step::Stay),
        (Requested::Running, S::Init | S::Prepared) => Err(Refused),
        (Requested::Reset | Requested::Paused, S::Init) => Ok(Step::Complete),
        (Requested::Reset, S::Ready | S::Active | S::Paused) => Ok(Step::Stay),
        (Requested::Reset, S::Prepared) => Err(Refused),
        (Requested::Paused, _) | (Requested::EndOfStream, S::Active) => Ok(Step::Stay),
        (Requested::EndOfStream, _) => Err(Refused),
    }
}

/// The second pass: the move itself.
pub(crate) const fn trigger_pass(state: PipelineState, requested: Requested) -> Step {
    use PipelineState as S;
    match (requested, state) {
        (Requested::Running, S::Ready | S::Prepared | S::Paused) => Step::Start,
        (Requested::Reset, S::Active | S::Paused) => Step::Reset,
        (Requested::Paused, S::Prepared | S::Active) => Step::Pause,
        _ => Step::Stay,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use PipelineState::{Active, Init, Paused, Prepared, Ready};

    #[test]
    fn prepare_pass_table() {
        use Requested as R;
        let cases = [
            (R::Running, Init, Err(Refused)),
            (R::Running, Ready, Ok(Step::Prepare)),
            (R::Running, Prepared, Err(Refused)),
            (R::Running, Paused, Ok(Step::Stay)),
            (R::Running, Active, Ok(Step::Stay)),
            (R::Reset, Init, Ok(Step::Complete)),
            (R::Reset, Ready, Ok(Step::Stay)),
            (R::Reset, Prepared, Err(Refused)),
            (R::Reset, Paused, Ok(Step::Stay)),
            (R::Reset, Active, Ok(Step::Stay)),
            (R::Paused, Init, Ok(Step::Complete)),
            (R::Paused, Ready, Ok(Step::Stay)),
            (R::Paused, Prepared, Ok(Step::Stay)),
            (R::Paused, Paused, Ok(Step::Stay)),
            (R::Paused, Active, Ok(Step::Stay)),
            (R::EndOfStream, Init, Err(Refused)),
            (R::EndOfStream, Ready, Err(Refused)),
            (R::EndOfStream, Prepared, Err(Refused)),
            (R::EndOfStream, Paused, Err(Refused)),
            (R::EndOfStream, Active, Ok(Step::Stay)),
        ];
        for (requested, state, expected) in cases {
            assert_eq!(prepare_pass(state, requested), expected, "{requested:?} in {state:?}");
        }
    }

    #[test]
    fn trigger_pass_table() {
        use Requested as R;
        let cases = [
            (R::Running, Init, Step::Stay),
            (R::Running, Ready, Step::Start),
            (R::Running, Prepared, Step::Start),
            (R::Running, Paused, Step::Start),
            (R::Running, Active, Step::Stay),
            (R::Reset, Init, Step::Stay),
            (R::Reset, Ready, Step::Stay),
            (R::Reset, Prepared, Step::Stay),
            (R::Reset, Paused, Step::Reset),
            (R::Reset, Active, Step::Reset),
            (R::Paused, Init, Step::Stay),
            (R::Paused, Ready, Step::Stay),
            (R::Paused, Prepared, Step::Pause),
            (R::Paused, Paused, Step::Stay),
            (R::Paused, Active, Step::Pause),
            (R::EndOfStream, Active, Step::Stay),
        ];
        for (requested, state, expected) in cases {
            assert_eq!(trigger_pass(state, requested), expected, "{requested:?} in {state:?}");
        }
    }
}
