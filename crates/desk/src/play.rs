//! Plays a topology in TOML: its plan, performed.

use std::path::PathBuf;

use headroom_module::ModuleEntry;
use headroom_modules::{MODULES, STAND_IN};

use crate::arena::Demand;
use crate::driver;
use crate::error::Error;
use crate::executor::Execution;
use crate::refusal::Remedies;
use crate::session::{Stage, Watch, perform};
use crate::topology::{Input, Topology};

/// What to play, where to, and who runs DP modules.
#[derive(Clone, Debug)]
pub struct Options {
    /// What is played into the first source; `None`: what the topology names.
    pub input: Option<Input>,
    /// The WAV file for the first sink; `None`: the audio is measured and dropped.
    pub output: Option<PathBuf>,
    /// Files of other ends.
    pub others: Vec<EndFile>,
    /// The file that the session is recorded into, see [`Recording`](crate::Recording); `None`: it is not.
    pub record: Option<PathBuf>,
    /// Who runs DP modules.
    pub execution: Execution,
}

/// The WAV file of one end of a topology that has several.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EndFile {
    /// The widget: a source plays the file, a sink writes it.
    pub widget: String,
    /// The file.
    pub path: PathBuf,
}

/// Plays `topology` to the end.
///
/// # Errors
/// Whatever the input, the output, the topology or the runtime objects to.
pub fn run(topology: &Topology, options: &Options, watch: &mut Watch<'_>) -> Result<(), Error> {
    run_with(&[MODULES, &[STAND_IN]].concat(), topology, options, watch)
}

/// As [`run`], with modules of `drivers`.
fn run_with(
    drivers: &[ModuleEntry],
    topology: &Topology,
    options: &Options,
    watch: &mut Watch<'_>,
) -> Result<(), Error> {
    let (plan, ids) = driver::plan(topology, options)?;
    let stage = Stage {
        drivers,
        demand: Demand::of(topology),
        name: topology.name.clone(),
        record: options.record.as_deref(),
        execution: options.execution,
        refused: &|step, refusal, page_bytes| {
            let help = Remedies { topology, ids: &ids, page_bytes }.of(&refusal);
            topology.text.refused(step.span.clone(), refusal, help)
        },
    };
    perform(plan, &stage, watch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::Recording;
    use crate::session::PATIENCE_TICKS;
    use headroom_module::{Configure, InitContext, Module, ModuleBox, ModuleError, Process};

    /// A module that does not do what it should, in one way or another.
    struct Broken(fn() -> Result<(), ModuleError>);

    impl<'m> Module<'m> for Broken {
        fn process(&mut self, _: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
            (self.0)()
        }

        fn configure(&mut self, _: &mut Configure<'_, 'm>, _: u32, _: &[u8]) -> Result<(), ModuleError> {
            Ok(())
        }
    }

    fn panics<'m>(cx: &mut InitContext<'_, 'm>) -> Result<ModuleBox<'m>, ModuleError> {
        cx.place(Broken(|| panic!("on purpose, for a test")))
    }

    fn fails<'m>(cx: &mut InitContext<'_, 'm>) -> Result<ModuleBox<'m>, ModuleError> {
        cx.place(Broken(|| Err(ModuleError::UnknownParameter { parameter: 77 })))
    }

    fn idles<'m>(cx: &mut InitContext<'_, 'm>) -> Result<ModuleBox<'m>, ModuleError> {
        cx.place(Broken(|| Ok(())))
    }

    const WITH_A_DP_GAIN: &str = r#"
        name = "broken"
        input = { signal = "sine", rate = 48000, channels = 1, samples = "S32", seconds = 0.1 }
        pipeline = [{ id = 1 }]
        widget = [
            { name = "host", kind = "host-copier", pipeline = 1 },
            { name = "volume", kind = "gain", pipeline = 1, domain = "DP" },
            { name = "speaker", kind = "dai-copier", pipeline = 1 },
        ]
        route = [{ from = "host", to = "volume" }, { from = "volume", to = "speaker" }]
    "#;

    /// Runs with `init` in place of the gain's. How it ends, and how often it was looked at.
    fn run_broken(init: headroom_module::Init, execution: Execution) -> (Result<(), Error>, usize) {
        run_recorded(init, execution, None)
    }

    fn run_recorded(
        init: headroom_module::Init,
        execution: Execution,
        record: Option<PathBuf>,
    ) -> (Result<(), Error>, usize) {
        let gain = |driver: &ModuleEntry| {
            if driver.name == "gain" { ModuleEntry { init, ..*driver } } else { *driver }
        };
        let drivers: Vec<ModuleEntry> = MODULES.iter().map(gain).collect();
        let topology = Topology::parse("test.toml", WITH_A_DP_GAIN.to_owned()).unwrap();
        let mut looks = 0;
        let mut watch = Watch {
            progress: &mut |_, _| (),
            log: &mut |_| (),
            inspect: &mut |runtime, _| looks += runtime.modules().count().min(1),
        };
        let options = Options { input: None, output: None, others: Vec::new(), record, execution };
        let outcome = run_with(&drivers, &topology, &options, &mut watch);
        (outcome, looks)
    }

    /// On its own thread, too, where it would otherwise end the process with the scope.
    #[test]
    fn a_module_that_panics_is_a_fault_and_the_run_is_reported() {
        for execution in [Execution::VirtualTime, Execution::Threads] {
            let (outcome, looks) = run_broken(panics, execution);
            let error = outcome.unwrap_err();
            assert!(matches!(&error, Error::Fault { widget, .. } if widget == "volume"), "{error}");
            assert!(error.to_string().contains("it panicked"), "{error}");
            assert_eq!((error.exit_code(), looks), (6, 1));
        }
    }

    #[test]
    fn a_module_that_fails_is_a_fault_and_the_run_is_reported() {
        for execution in [Execution::VirtualTime, Execution::Threads] {
            let (outcome, looks) = run_broken(fails, execution);
            let error = outcome.unwrap_err();
            assert!(matches!(&error, Error::Fault { widget, .. } if widget == "volume"), "{error}");
            assert!(error.to_string().contains("has no parameter 77"), "{error}");
            assert_eq!((error.exit_code(), looks), (6, 1));
        }
    }

    #[test]
    fn a_module_that_gives_nothing_is_a_stall_and_the_run_is_reported() {
        let (outcome, looks) = run_broken(idles, Execution::VirtualTime);
        let error = outcome.unwrap_err();
        let Error::Stalled { got: 0, wanted: 4800, ticks } = error else { panic!("{error}") };
        assert!(ticks > PATIENCE_TICKS, "{ticks}");
        assert_eq!((error.exit_code(), looks), (6, 1));
    }

    /// What the module did is in the session, and a runtime with the real gain does not do it.
    #[test]
    fn a_module_that_breaks_is_recorded_and_a_replay_without_it_differs() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("session.ipc");
        let inits: [(headroom_module::Init, &str); 2] = [(fails, "failed with -22"), (panics, "panicked")];
        for (init, told) in inits {
            for execution in [Execution::VirtualTime, Execution::Threads] {
                let (outcome, _) = run_recorded(init, execution, Some(file.clone()));
                assert_eq!(outcome.unwrap_err().exit_code(), 6);
                let recording = Recording::load(&file).unwrap();
                assert!(recording.in_words().contains(told), "{}", recording.in_words());
                let replay = crate::replay(&recording, None, &mut |_, _| ()).unwrap();
                assert!(replay.is_whole);
                let [difference] = &*replay.differences else { panic!("{:?}", replay.differences) };
                assert!(difference.expected.ends_with(told), "{difference}");
                assert_eq!((&*difference.got, difference.message), ("nothing", 9), "{difference}");
            }
        }
    }

    /// Nobody catches it there: the session ends with the tick that it happened in, so that a replay comes as far.
    #[test]
    fn a_panic_in_the_ll_pass_leaves_a_whole_session() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("session.ipc");
        let gain = |driver: &ModuleEntry| {
            if driver.name == "gain" { ModuleEntry { init: panics, ..*driver } } else { *driver }
        };
        let drivers: Vec<ModuleEntry> = MODULES.iter().map(gain).collect();
        let text = WITH_A_DP_GAIN.replace(", domain = \"DP\"", "");
        let topology = Topology::parse("test.toml", text).unwrap();
        let (execution, record) = (Execution::VirtualTime, Some(file.clone()));
        let options = Options { input: None, output: None, others: Vec::new(), record, execution };
        let mut watch = Watch { progress: &mut |_, _| (), log: &mut |_| (), inspect: &mut |_, _| () };
        let run = std::panic::AssertUnwindSafe(|| run_with(&drivers, &topology, &options, &mut watch));
        assert!(std::panic::catch_unwind(run).is_err());
        let session = std::fs::read_to_string(&file).unwrap();
        assert!(session.ends_with("\n@1 end\n"), "{session}");
        let replay = crate::replay(&Recording::load(&file).unwrap(), None, &mut |_, _| ()).unwrap();
        assert_eq!((replay.ticks, replay.is_whole, replay.differences), (1, true, vec![]));
    }
}
