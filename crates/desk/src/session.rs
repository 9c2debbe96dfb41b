//! A session: a plan is set up over IPC4, plays to the end, is looked at and taken down.

use std::path::Path;
use std::time::{Duration, Instant};

use headroom_driver::Step;
use headroom_ipc4::{Ignored, Status};
use headroom_module::ModuleEntry;
use headroom_report::Snapshot;
use headroom_runtime::{Platform, Profile};

use crate::arena::{Arena, Demand};
use crate::ends::Ends;
use crate::error::{Error, Refusal};
use crate::executor::{Execution, Executor, Lost};
use crate::figures::Figures;
use crate::plan::{Plan, scale};
use crate::recording::{Label, Pool, Tape};
use crate::target::{Reply, Target};

/// Who watches a session.
pub struct Watch<'w> {
    /// Called now and then with the frames that came out, and all that will.
    pub progress: &'w mut dyn FnMut(u64, u64),
    /// Called for each line of the log.
    pub log: &'w mut dyn FnMut(&str),
    /// Called once, when all audio is out or the stream has failed or stalled, and nothing has been taken down. Not called
    /// where a file failed: what it did to the stream says nothing.
    pub inspect: &'w mut dyn FnMut(&Snapshot, &Figures),
}

/// Ticks between two reports of progress.
const PROGRESS_TICKS: u64 = 50;

/// Ticks beyond the length of the audio, and what its blocks take to fill, after which a stream counts as stalled.
pub(crate) const PATIENCE_TICKS: u64 = 5000;

/// Times that all blocks in a row may have to be filled before a frame comes out: each module waits for a whole block,
/// holds back its first output for a period, and fills the block of the next.
const PATIENCE_BLOCKS: u64 = 4;

/// What to say when a message is refused, in a pool with pages of so many bytes.
pub(crate) type Refused<'a> = dyn Fn(&Step, Refusal, usize) -> Error + 'a;

/// How far a session goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Extent {
    /// To the end of the audio.
    Whole,
    /// Until everything is set up: looked at then, and given up.
    SetUp,
}

/// Where and with what a plan is performed.
pub(crate) struct Stage<'a> {
    pub(crate) modules: &'a [ModuleEntry],
    pub(crate) execution: Execution,
    /// What is played, in words.
    pub(crate) name: String,
    /// The file that the session is recorded into.
    pub(crate) record: Option<&'a Path>,
    pub(crate) refused: &'a Refused<'a>,
    pub(crate) extent: Extent,
    /// What else there is to say of the run.
    pub(crate) notes: Vec<String>,
}

/// Plays `plan` to the end.
pub(crate) fn perform(mut plan: Plan, stage: &Stage<'_>, watch: &mut Watch<'_>) -> Result<(), Error> {
    let media = plan.take_media();
    let mut arena = Arena::for_demand(&Demand::of(&plan.setup.declared))?;
    let pool = arena.pool()?;
    let mut ends = Ends::new(media);
    let plan = &plan;
    let outcome = std::thread::scope(|scope| {
        let executor = Executor::new(stage.execution, scope);
        let target = Target::new(Platform::DESK, &pool, stage.modules, executor).map_err(|error| {
            Error::Desk { what: error.to_string(), help: "this is a fault of Headroom; report it".to_owned() }
        })?;
        let tape = Tape::begin(stage.record, &label(&target, stage, plan))?;
        let ends = &mut ends;
        Session { target, tape, plan, stage, ends, ticks: 0, wall: Duration::ZERO }.play(watch)
    });
    ends.close_all();
    // What a file ran into says more than what followed from it.
    let failed = ends.failure().and_then(|failure| plan.file_failed(failure));
    failed.map_or(outcome, Err)
}

/// What a fresh target needs to be equal to this one.
fn label<'a>(target: &Target<'_, '_, '_>, stage: &'a Stage<'_>, plan: &Plan) -> Label<'a> {
    let usage = target.pool_usage();
    let profile = Profile { page_bytes: usage.page_bytes, ..Profile::DESK };
    Label {
        about: format!("headroom {}: {}", env!("CARGO_PKG_VERSION"), stage.name),
        platform: *target.platform(),
        pool: Pool { profile, pages: usage.pages },
        modules: stage.modules,
        sources: plan.played(),
    }
}

struct Session<'scope, 'env, 'm, 'e> {
    target: Target<'scope, 'env, 'm>,
    tape: Tape,
    plan: &'m Plan,
    stage: &'m Stage<'m>,
    ends: &'e mut Ends,
    ticks: u64,
    wall: Duration,
}

impl<'scope, 'env, 'm: 'scope> Session<'scope, 'env, 'm, '_> {
    fn play(&mut self, watch: &mut Watch<'_>) -> Result<(), Error> {
        let played = self.play_through(watch);
        let recorded = self.tape.end();
        played.and(recorded)
    }

    fn play_through(&mut self, watch: &mut Watch<'_>) -> Result<(), Error> {
        self.send_all(&self.plan.setup.set_up, watch)?;
        if self.stage.extent == Extent::SetUp {
            (watch.inspect)(&self.target.snapshot()?, &self.figures());
            return Ok(());
        }
        self.set_windows()?;
        self.send_all(&self.plan.setup.start, watch)?;
        let began = Instant::now();
        let streamed = self.stream(watch);
        self.wall = began.elapsed();
        if self.ends.failure().is_none() {
            (watch.inspect)(&self.target.snapshot()?, &self.figures());
        }
        streamed?;
        self.send_all(&self.plan.setup.take_down, watch)?;
        self.log_losses(watch);
        self.check_clean()
    }

    fn send_all(&mut self, steps: &[Step], watch: &mut Watch<'_>) -> Result<(), Error> {
        steps.iter().try_for_each(|step| self.send(step, watch))
    }

    fn send(&mut self, step: &Step, watch: &mut Watch<'_>) -> Result<(), Error> {
        self.tape.comment(&step.purpose)?;
        self.tape.request(&step.bytes)?;
        let Reply { bytes, status, reason, ignored } = self.target.send(&step.bytes);
        self.tape.reply(&bytes)?;
        let why = reason.map(|reason| self.plan.setup.names.translate(&reason.to_string()));
        let because = why.as_ref().map_or_else(String::new, |why| format!(": {why}"));
        (watch.log)(&format!("{}: {status}{because}", step.purpose));
        if ignored != Ignored::NOTHING {
            (watch.log)(&format!("{}: parts of the message were not understood: {ignored:?}", step.purpose));
        }
        if let Some(why) = &why {
            self.tape.comment(&format!("refused: {why}"))?;
        }
        self.take_happenings(watch)?;
        if status == Status::SUCCESS {
            self.ends.follow(&self.target);
            return self.check_files();
        }
        let refusal = Refusal { message: step.purpose.clone(), status, reason, why };
        Err((self.stage.refused)(step, refusal, self.target.pool_usage().page_bytes))
    }

    /// A file that failed ends the session.
    fn check_files(&self) -> Result<(), Error> {
        let failed = self.ends.failure().and_then(|failure| self.plan.file_failed(failure));
        failed.map_or(Ok(()), Err)
    }

    /// Tells each sink what to leave out at the head and how much to keep.
    fn set_windows(&mut self) -> Result<(), Error> {
        let modules = self.target.snapshot()?.modules;
        let delay =
            |id| modules.iter().find(|module| module.id == id).map_or(0, |module| module.delay_frames);
        let delays = self.plan.delays(delay);
        for (end, sink) in self.plan.sinks() {
            let skip = (delays[sink.part] * f64::from(sink.format.rate())).round() as u64;
            self.ends.set_window(end, skip, sink.frames);
        }
        Ok(())
    }

    /// Frames that came out of all sinks, and all that shall.
    fn written(&self) -> (u64, u64) {
        let each = self.plan.sinks().map(|(end, sink)| (self.ends.state(end).moved, sink.frames));
        each.fold((0, 0), |(got, wanted), (moved, frames)| (got + moved, wanted + frames))
    }

    /// Ticks after which a stream that is not out counts as stalled.
    fn patience(&self) -> u64 {
        let tick_us = u64::from(Platform::DESK.tick_us);
        let length = |(end, sink): (usize, &crate::plan::End)| {
            scale(sink.frames + self.ends.state(end).skip, 1_000_000, sink.format.rate()) / tick_us
        };
        let longest = self.plan.sinks().map(length).max().unwrap_or(0);
        let blocks: u64 = self.plan.setup.parts.iter().map(|part| u64::from(part.block_ms)).sum();
        longest + PATIENCE_TICKS + PATIENCE_BLOCKS * blocks * 1000 / tick_us
    }

    /// Ticks until all frames are out.
    fn stream(&mut self, watch: &mut Watch<'_>) -> Result<(), Error> {
        let patience = self.patience();
        let (mut got, wanted) = self.written();
        let mut later = self.plan.setup.later.iter().peekable();
        while got < wanted {
            while let Some((_, step)) = later.next_if(|(tick, _)| *tick <= self.ticks) {
                self.send(step, watch)?;
            }
            if self.ticks > patience {
                return Err(Error::Stalled { got, wanted, ticks: self.ticks });
            }
            self.tape.at(self.ticks + 1);
            self.ends.fill(&mut self.target, self.ticks);
            self.target.tick(self.ticks);
            self.ends.drain(&mut self.target, self.ticks);
            if let Err(lost) = self.target.run_jobs(self.ticks) {
                return Err(self.lost(&lost)?);
            }
            self.take_happenings(watch)?;
            self.check_files()?;
            self.ticks += 1;
            got = self.written().0;
            if self.ticks.is_multiple_of(PROGRESS_TICKS) {
                (watch.progress)(got, wanted);
            }
        }
        self.ends.note_complete();
        (watch.progress)(wanted, wanted);
        Ok(())
    }

    /// Logs and records what has happened since it was asked last; a fault ends the session.
    fn take_happenings(&mut self, watch: &mut Watch<'_>) -> Result<(), Error> {
        let mut fault = None;
        while let Some(happening) = self.target.take_happening() {
            let said = self.plan.setup.names.translate(&happening.said);
            (watch.log)(&said);
            if let Some(notification) = &happening.notification {
                self.tape.comment(&said)?;
                self.tape.notification(notification)?;
            }
            fault = fault.or(happening.fault);
        }
        let Some((component, error)) = fault else { return Ok(()) };
        let why = self.plan.setup.names.translate(&error.to_string());
        Err(Error::Fault { widget: self.plan.setup.names.of(component), component, why })
    }

    /// What became of a DP module whose job did not come home; or why that could not be recorded.
    fn lost(&mut self, lost: &Lost) -> Result<Error, Error> {
        Ok(match lost {
            Lost::Panicked(component) => {
                self.tape.panic(*component)?;
                Error::Fault {
                    widget: self.plan.setup.names.of(*component),
                    component: *component,
                    why: "it panicked, with the message above".to_owned(),
                }
            }
            Lost::NoThread(component, error) => Error::Desk {
                what: format!("no thread for `{}`: {error}", self.plan.setup.names.of(*component)),
                help: "run without `--threads`, or ask for a smaller stack_bytes".to_owned(),
            },
        })
    }

    fn log_losses(&self, watch: &mut Watch<'_>) {
        let lost = self.target.lost_happenings();
        if lost > 0 {
            (watch.log)(&format!("{lost} events were lost: more came at once than the runtime keeps"));
        }
    }

    fn figures(&self) -> Figures {
        Figures {
            execution: self.stage.execution,
            ticks: self.ticks,
            wall: self.wall,
            notes: self.stage.notes.clone(),
            events_lost: self.target.lost_happenings(),
            ..Figures::of(self.plan, self.ends)
        }
    }

    /// After the last message only the runtime's own region is left.
    fn check_clean(&self) -> Result<(), Error> {
        let usage = self.target.pool_usage();
        match usage.regions {
            1 if self.ends.are_closed() => Ok(()),
            left => Err(Error::Desk {
                what: format!("{} regions are left after everything was deleted", left - 1),
                help: "this is a fault of Headroom; report it with the topology".to_owned(),
            }),
        }
    }
}
