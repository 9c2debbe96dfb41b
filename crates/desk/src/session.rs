//! A session: a plan is set up over IPC4, plays to the end, is looked at and taken down.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use headroom_control::{Answer, answer, notification};
use headroom_driver::Step;
use headroom_ipc4::{Ignored, MAILBOX_BYTES, Status};
use headroom_module::{ComponentId, Format, ModuleEntry};
use headroom_runtime::{Event, Platform, Profile, Runtime};

use crate::arena::{Arena, Demand};
use crate::ends::{Ends, StreamState};
use crate::error::{Error, Refusal};
use crate::executor::{Execution, Executor, Lost};
use crate::plan::{Plan, scale};
use crate::recording::{Label, Pool, Tape};

/// What only the session knows of a run: the stream at its ends.
#[derive(Clone, PartialEq, Debug)]
pub struct Figures {
    /// Who ran DP modules.
    pub execution: Execution,
    /// LL ticks that were run.
    pub ticks: u64,
    /// What they took by the wall clock, from the first to the last.
    pub wall: Duration,
    /// Format at the first source end.
    pub input: Format,
    /// Frames that were played there.
    pub frames_in: u64,
    /// Format at the first sink end.
    pub output: Format,
    /// Frames that came out there, those left out at the head not counted.
    pub frames_out: u64,
    /// Frames left out at the head of that output: the delay of the filters.
    pub delay_frames: u64,
    /// Frames of silence at that sink before the first frame came: the start-up of the DP modules.
    pub start_up_frames: u64,
    /// Frames that the first input has.
    pub input_frames: u64,
    /// The other ends, in words.
    pub other_ends: Vec<String>,
    /// Events of the runtime that were lost, because more came at once than it keeps: then the log has gaps.
    pub events_lost: u64,
    /// Widgets by component id, the ends included.
    pub names: Vec<(ComponentId, String)>,
}

/// Who watches a session.
pub struct Watch<'w> {
    /// Called now and then with the frames that came out, and all that will.
    pub progress: &'w mut dyn FnMut(u64, u64),
    /// Called for each line of the log.
    pub log: &'w mut dyn FnMut(&str),
    /// Called once, when all audio is out or the stream has failed or stalled, and nothing has been taken down. Not called
    /// where a file failed: what it did to the stream says nothing.
    pub inspect: &'w mut dyn FnMut(&Runtime<'_>, &Figures),
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

/// Where and with what a plan is performed.
pub(crate) struct Stage<'a> {
    pub(crate) modules: &'a [ModuleEntry],
    pub(crate) execution: Execution,
    /// What is played, in words.
    pub(crate) name: String,
    /// The file that the session is recorded into.
    pub(crate) record: Option<&'a Path>,
    pub(crate) refused: &'a Refused<'a>,
}

/// Plays `plan` to the end.
pub(crate) fn perform(mut plan: Plan, stage: &Stage<'_>, watch: &mut Watch<'_>) -> Result<(), Error> {
    let media = plan.take_media();
    let state = Arc::new(StreamState::new(media.len()));
    let mut arena = Arena::for_demand(&Demand::of(&plan.setup.declared))?;
    let pool = arena.pool()?;
    let mut ends = Ends::new(media, &state);
    let plan = &plan;
    let outcome = std::thread::scope(|scope| {
        let runtime = Runtime::new(Platform::DESK, &pool, stage.modules, &mut ends).map_err(|error| {
            Error::Desk { what: error.to_string(), help: "this is a fault of Headroom; report it".to_owned() }
        })?;
        let tape = Tape::begin(stage.record, &label(&runtime, stage, plan))?;
        let executor = Executor::new(stage.execution, scope);
        let state = &*state;
        Session { runtime, executor, tape, plan, stage, state, ticks: 0, wall: Duration::ZERO }.play(watch)
    });
    // What a file ran into says more than what followed from it.
    let failed = state.failure().and_then(|failure| plan.file_failed(failure));
    failed.map_or(outcome, Err)
}

/// What a fresh runtime needs to be equal to this one.
fn label<'a>(runtime: &Runtime<'_>, stage: &'a Stage<'_>, plan: &Plan) -> Label<'a> {
    let usage = runtime.pool_usage();
    let profile = Profile { page_bytes: usage.page_bytes, ..Profile::DESK };
    Label {
        about: format!("headroom {}: {}", env!("CARGO_PKG_VERSION"), stage.name),
        platform: *runtime.platform(),
        pool: Pool { profile, pages: usage.pages },
        drivers: stage.modules,
        sources: plan.played(),
    }
}

struct Session<'scope, 'env, 'm> {
    runtime: Runtime<'m>,
    executor: Executor<'scope, 'env, 'm>,
    tape: Tape,
    plan: &'m Plan,
    stage: &'m Stage<'m>,
    state: &'m StreamState,
    ticks: u64,
    wall: Duration,
}

impl<'scope, 'env, 'm: 'scope> Session<'scope, 'env, 'm> {
    fn play(&mut self, watch: &mut Watch<'_>) -> Result<(), Error> {
        let played = self.play_through(watch);
        let recorded = self.tape.end();
        played.and(recorded)
    }

    fn play_through(&mut self, watch: &mut Watch<'_>) -> Result<(), Error> {
        self.send_all(&self.plan.setup.set_up, watch)?;
        self.set_windows();
        self.send_all(&self.plan.setup.start, watch)?;
        let began = Instant::now();
        let streamed = self.stream(watch);
        self.wall = began.elapsed();
        if self.state.failure().is_none() {
            (watch.inspect)(&self.runtime, &self.figures());
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
        let mut mailbox = [0; MAILBOX_BYTES];
        self.tape.comment(&step.purpose)?;
        self.tape.request(&step.bytes)?;
        let Answer { length, status, reason, ignored } = answer(&mut self.runtime, &step.bytes, &mut mailbox);
        self.tape.reply(mailbox.get(..length).unwrap_or_default())?;
        let why = reason.map(|reason| self.plan.setup.names.translate(&reason.to_string()));
        let because = why.as_ref().map_or_else(String::new, |why| format!(": {why}"));
        (watch.log)(&format!("{}: {status}{because}", step.purpose));
        if ignored != Ignored::NOTHING {
            (watch.log)(&format!("{}: parts of the message were not understood: {ignored:?}", step.purpose));
        }
        if let Some(why) = &why {
            self.tape.comment(&format!("refused: {why}"))?;
        }
        self.drain_events(watch)?;
        if status == Status::SUCCESS {
            return Ok(());
        }
        let refusal = Refusal { message: step.purpose.clone(), status, reason, why };
        Err((self.stage.refused)(step, refusal, self.runtime.pool_usage().page_bytes))
    }

    /// Tells each sink what to leave out at the head and how much to keep.
    fn set_windows(&self) {
        let delay =
            |id| self.runtime.modules().find(|module| module.id == id).map_or(0, |it| it.delay_frames);
        let delays = self.plan.delays(delay);
        for (end, sink) in self.plan.sinks() {
            let skip = (delays[sink.part] * f64::from(sink.format.rate())).round() as u64;
            self.state.end(end).set_window(skip, sink.frames);
        }
    }

    /// Frames that came out of all sinks, and all that shall.
    fn written(&self) -> (u64, u64) {
        let each = self.plan.sinks().map(|(end, sink)| (self.state.end(end).moved(), sink.frames));
        each.fold((0, 0), |(got, wanted), (moved, frames)| (got + moved, wanted + frames))
    }

    /// Ticks after which a stream that is not out counts as stalled.
    fn patience(&self) -> u64 {
        let tick_us = u64::from(Platform::DESK.tick_us);
        let length = |(end, sink): (usize, &crate::plan::End)| {
            scale(sink.frames + self.state.end(end).skip(), 1_000_000, sink.format.rate()) / tick_us
        };
        let longest = self.plan.sinks().map(length).max().unwrap_or(0);
        let blocks: u64 = self.plan.setup.parts.iter().map(|part| u64::from(part.block_ms)).sum();
        longest + PATIENCE_TICKS + PATIENCE_BLOCKS * blocks * 1000 / tick_us
    }

    /// Ticks until all frames are out.
    fn stream(&mut self, watch: &mut Watch<'_>) -> Result<(), Error> {
        let tick_us = u64::from(Platform::DESK.tick_us);
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
            self.runtime.tick(self.ticks);
            if let Err(lost) = self.executor.run(&mut self.runtime, self.ticks * tick_us) {
                return Err(self.lost(&lost)?);
            }
            self.drain_events(watch)?;
            self.ticks += 1;
            got = self.written().0;
            if self.ticks.is_multiple_of(PROGRESS_TICKS) {
                (watch.progress)(got, wanted);
            }
        }
        self.state.note_complete();
        (watch.progress)(wanted, wanted);
        Ok(())
    }

    fn drain_events(&mut self, watch: &mut Watch<'_>) -> Result<(), Error> {
        let mut fault = None;
        while let Some(event) = self.runtime.take_event() {
            let said = self.plan.setup.names.translate(&event.to_string());
            (watch.log)(&said);
            if let Some(notification) = notification(&event) {
                self.tape.comment(&said)?;
                self.tape.notification(&notification)?;
            }
            if let Event::Fault { component, error } = event {
                fault.get_or_insert((component, error));
            }
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
        let lost = self.runtime.events_lost();
        if lost > 0 {
            (watch.log)(&format!("{lost} events were lost: more came at once than the runtime keeps"));
        }
    }

    fn figures(&self) -> Figures {
        let ends = self.plan.ends();
        let first = |source: bool| ends.iter().position(|end| end.is_source() == source);
        let frames = |place: Option<usize>, of: fn(&crate::ends::EndState) -> u64| {
            place.map_or(0, |place| of(self.state.end(place)))
        };
        let (source, sink) = (first(true), first(false));
        // A plan has an end at least.
        let format = |place: Option<usize>| ends[place.unwrap_or(0)].format;
        let others = (0..ends.len()).filter(|place| ![source, sink].contains(&Some(*place)));
        Figures {
            execution: self.stage.execution,
            ticks: self.ticks,
            wall: self.wall,
            input: format(source),
            frames_in: frames(source, crate::ends::EndState::moved),
            output: format(sink),
            frames_out: frames(sink, crate::ends::EndState::moved),
            delay_frames: frames(sink, crate::ends::EndState::skip),
            start_up_frames: frames(sink, crate::ends::EndState::start_up),
            input_frames: source.map_or(0, |place| ends[place].frames),
            other_ends: others.map(|place| self.other_end(place)).collect(),
            events_lost: self.runtime.events_lost(),
            names: self.plan.setup.names.list().to_vec(),
        }
    }

    fn other_end(&self, place: usize) -> String {
        let (end, state) = (&self.plan.ends()[place], self.state.end(place));
        let name = &self.plan.setup.names.of(self.plan.setup.parts[end.part].id);
        let (frames, format) = (state.moved(), end.format);
        if end.is_source() {
            return format!("`{name}` played {frames} frames ({format}).");
        }
        let (skip, start_up) = (state.skip(), state.start_up());
        format!("`{name}` kept {frames} frames ({format}); {skip} were trimmed, {start_up} waited for.")
    }

    /// After the last message only the runtime's own region is left.
    fn check_clean(&self) -> Result<(), Error> {
        let usage = self.runtime.pool_usage();
        match usage.regions {
            1 if self.state.are_closed() => Ok(()),
            left => Err(Error::Desk {
                what: format!("{} regions are left after everything was deleted", left - 1),
                help: "this is a fault of Headroom; report it with the topology".to_owned(),
            }),
        }
    }
}
