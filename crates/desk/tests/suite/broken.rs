//! Modules that don't do what they should: the run tells of it, is reported, and leaves a session that can be replayed.

use headroom_desk::{Error, Execution, Options, Recording, shipped};
use headroom_module::instance::Init;
use headroom_module::{Configure, InitContext, Module, ModuleBox, ModuleEntry, ModuleError, Process};
use headroom_testbench::folder;

use crate::support::{parse, play_loaded, replay, watch_loaded};

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
fn run_broken(init: Init, execution: Execution) -> (Error, usize) {
    run_with(WITH_A_DP_GAIN, &Options { execution, ..with(init) })
}

/// The modules that ship, with `init` in place of the gain's.
fn with(init: Init) -> Options {
    let gain = |entry: ModuleEntry| if entry.name == "gain" { ModuleEntry { init, ..entry } } else { entry };
    Options { modules: shipped().into_iter().map(gain).collect(), ..Options::default() }
}

fn run_with(text: &str, options: &Options) -> (Error, usize) {
    let (outcome, looks) = watch_loaded(&parse(text).unwrap(), options, &mut |_, _| ());
    match outcome {
        Ok(_) => panic!("this ran to its end"),
        Err(error) => (error, looks),
    }
}

/// On its own thread, too, where it would otherwise end the process with the scope.
#[test]
fn a_module_that_panics_is_a_fault_and_the_run_is_reported() {
    for execution in [Execution::VirtualTime, Execution::Threads] {
        let (error, looks) = run_broken(panics, execution);
        assert!(matches!(&error, Error::Fault { widget, .. } if widget == "volume"), "{error}");
        assert!(error.to_string().contains("it panicked"), "{error}");
        assert_eq!(looks, 1);
    }
}

#[test]
fn a_module_that_fails_is_a_fault_and_the_run_is_reported() {
    for execution in [Execution::VirtualTime, Execution::Threads] {
        let (error, looks) = run_broken(fails, execution);
        assert!(matches!(&error, Error::Fault { widget, .. } if widget == "volume"), "{error}");
        assert!(error.to_string().contains("has no parameter 77"), "{error}");
        assert_eq!(looks, 1);
    }
}

#[test]
fn a_module_that_gives_nothing_is_a_stall_and_the_run_is_reported() {
    let (error, looks) = run_broken(idles, Execution::VirtualTime);
    let Error::Stalled { got: 0, wanted: 4800, ticks } = error else { panic!("{error}") };
    // Five seconds beyond the length of the audio.
    assert!(ticks > 5000, "{ticks}");
    assert_eq!(looks, 1);
}

/// What the module did is in the session, and a runtime with the real gain does not do it.
#[test]
fn a_module_that_breaks_is_recorded_and_a_replay_without_it_differs() {
    let (_folder, path) = folder();
    let file = path("session.ipc");
    let inits: [(Init, &str); 2] = [(fails, "failed with -22"), (panics, "panicked")];
    for (init, told) in inits {
        for execution in [Execution::VirtualTime, Execution::Threads] {
            let options = Options { execution, record: Some(file.clone()), ..with(init) };
            let (error, _) = run_with(WITH_A_DP_GAIN, &options);
            assert!(matches!(error, Error::Fault { .. }), "{error}");
            let recording = Recording::load(&file).unwrap();
            assert!(recording.in_words().contains(told), "{}", recording.in_words());
            let replay = replay(&recording, None).unwrap();
            assert!(replay.is_whole);
            let [difference] = &*replay.differences else { panic!("{:?}", replay.differences) };
            assert!(difference.expected.ends_with(told), "{difference}");
            assert_eq!((&*difference.got, difference.message), ("nothing", 8), "{difference}");
        }
    }
}

/// Nobody catches it there: the session ends with the tick that it happened in, so that a replay comes as far.
#[test]
fn a_panic_in_the_ll_pass_leaves_a_whole_session() {
    let (_folder, path) = folder();
    let file = path("session.ipc");
    let topology = parse(&WITH_A_DP_GAIN.replace(", domain = \"DP\"", "")).unwrap();
    let options = Options { record: Some(file.clone()), ..with(panics) };
    let run = std::panic::AssertUnwindSafe(|| drop(play_loaded(&topology, &options)));
    assert!(std::panic::catch_unwind(run).is_err());
    let session = std::fs::read_to_string(&file).unwrap();
    assert!(session.ends_with("\n@1 end\n"), "{session}");
    let replay = replay(&Recording::load(&file).unwrap(), None).unwrap();
    assert_eq!((replay.ticks, replay.is_whole, replay.differences), (1, true, vec![]));
}
