//! Virtual time and threads: the same bytes, the promised names, progress that only goes up.

use headroom_desk::Execution::{self, Threads, VirtualTime};
use headroom_desk::{HOST_STACK_BYTES, Options};
use headroom_testbench::audio::{spec, write};
use headroom_testbench::{folder, line};
use headroom_topology::BUNDLED;

use crate::support::{play, play_with, watch};

const HOST: &str = "kind = \"host-copier\", pipeline = 1, samples = \"S32\"";
const SPEAKER: &str = "kind = \"dai-copier\", pipeline = 1, samples = \"S32\"";

fn src(rate: u32) -> String {
    format!("kind = \"src\", pipeline = 1, domain = \"DP\", rate = {rate}, heap_bytes = 131072")
}

fn chirp(channels: u8) -> String {
    format!("signal = \"chirp\", rate = 44100, channels = {channels}, samples = \"S32\", seconds = 0.3")
}

/// Two converters in a row, which need an LL module between them.
fn two_in_a_row(channels: u8) -> String {
    let (up, down) = (src(48_000), src(16_000));
    let between = "kind = \"copier\", pipeline = 1";
    let widgets = [("host", HOST), ("up", &up), ("between", between), ("down", &down), ("speaker", SPEAKER)];
    line(&chirp(channels), &["id = 1"], &widgets)
}

/// A converter in the first pipeline, the rest in the second; `pipelines` says which is made first.
fn two_pipelines(pipelines: &[&str]) -> String {
    let widgets = [
        ("host", HOST),
        ("src", &*src(48_000)),
        ("volume", "kind = \"gain\", pipeline = 2, gain_db = -6.0, ramp_ms = 30"),
        ("speaker", "kind = \"dai-copier\", pipeline = 2"),
    ];
    line(&chirp(2), pipelines, &widgets)
}

/// Plays `text` in virtual time twice and on threads once.
fn is_the_same_everywhere(what: &str, text: &str) {
    let (_folder, path) = folder();
    let bytes = |execution: Execution| {
        let out = path("out.wav");
        let seen = play_with(text, None, &out, execution).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(seen.underruns(), 0, "{what}");
        std::fs::read(out).unwrap()
    };
    let first = bytes(VirtualTime);
    assert!(first.len() > 1000, "{what}");
    assert!(first == bytes(VirtualTime), "{what}: a second run differs");
    assert!(first == bytes(Threads), "{what}: threads differ");
}

#[test]
fn threads_and_virtual_time_write_the_same_bytes() {
    is_the_same_everywhere("the bundled topology", BUNDLED);
    for channels in [1, 2, 8] {
        is_the_same_everywhere(&format!("two DP modules, {channels} channels"), &two_in_a_row(channels));
    }
    is_the_same_everywhere("two pipelines", &two_pipelines(&["id = 1", "id = 2, priority = 1"]));
}

/// When a converter runs, and how much it is given at once, is not in the audio.
#[test]
fn domains_and_blocks_do_not_change_the_audio() {
    let (_folder, path) = folder();
    let out = path("out.wav");
    let bytes = |keys: &str| {
        let src = format!("kind = \"src\", pipeline = 1, rate = 48000{keys}");
        let text = line(&chirp(2), &["id = 1"], &[("host", HOST), ("src", &src), ("end", SPEAKER)]);
        let seen = play(&text, &out).unwrap_or_else(|error| panic!("{keys}: {error}"));
        assert_eq!(seen.underruns(), 0, "{keys}");
        std::fs::read(&out).unwrap()
    };
    let ll = bytes("");
    for block_ms in [1, 2, 5, 10, 100, 1000] {
        let keys = format!(", domain = \"DP\", heap_bytes = 4000000, block_ms = {block_ms}, core = 1");
        assert!(ll == bytes(&keys), "DP with blocks of {block_ms} ms differs");
    }
}

/// Neither the order in the file nor the priority decides what a pipeline plays.
#[test]
fn pipelines_can_stand_in_any_order() {
    let (_folder, path) = folder();
    let play = |name: &str, pipelines: &[&str]| {
        let out = path(name);
        play(&two_pipelines(pipelines), &out).unwrap_or_else(|error| panic!("{name}: {error}"));
        std::fs::read(out).unwrap()
    };
    let usual = play("usual", &["id = 1", "id = 2"]);
    assert!(usual == play("turned", &["id = 2", "id = 1"]));
    let regions = ["id = 2, priority = 7, heap_bytes = 16384", "id = 1, heap_bytes = 8192"];
    assert!(usual == play("regions", &regions));
}

#[test]
fn a_wav_file_plays_the_same_on_threads() {
    let (_folder, path) = folder();
    let input = path("in.wav");
    let noise = |frame: usize, channel: u16| {
        let word = (frame as u64 * 8 + u64::from(channel)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33;
        word as f64 / f64::from(1u32 << 31) - 0.5
    };
    write(&input, spec(44_100, 8, (24, hound::SampleFormat::Int)), 5000, noise);
    let text = two_in_a_row(8);
    let play = |execution| {
        let out = path("out.wav");
        play_with(&text, Some(&input), &out, execution).unwrap();
        std::fs::read(out).unwrap()
    };
    assert!(play(VirtualTime) == play(Threads));
}

#[test]
fn progress_only_goes_up_and_ends_at_all_frames() {
    let (_folder, path) = folder();
    for execution in [VirtualTime, Threads] {
        let seen = play_with(BUNDLED, None, &path("out.wav"), execution).unwrap();
        assert!(seen.progress.len() >= 20, "2 s of audio are more than {} reports", seen.progress.len());
        assert!(seen.progress.is_sorted());
        assert!(seen.progress.iter().all(|&(done, all)| done <= all && all == 96_000));
        assert_eq!(seen.progress.last(), Some(&(96_000, 96_000)));
    }
}

/// What the session logs is in order: regions when they are made, seals before the stream starts.
#[test]
fn the_log_tells_of_regions_stacks_and_seals() {
    let (_folder, path) = folder();
    let log = play(BUNDLED, &path("out.wav")).unwrap().log;
    let at = |start: &str| {
        log.iter().position(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{start}"))
    };
    assert!(at("create pipeline 1: SUCCESS") < at("region of 24576 B for pipeline 1"));
    assert!(at("region of 65536 B for `src`") < at("stack of 8192 B for `src`"));
    assert!(at("region of `src` sealed") < at("start the pipelines"));
    assert!(at("start the pipelines") < at("delete pipeline 1"));
}

/// Names of the DP threads of this process, from what the kernel says of it.
#[cfg(target_os = "linux")]
fn dp_threads() -> Vec<String> {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let name = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("comm")).ok();
    let names = tasks.filter_map(|task| name(task.ok()?));
    names.map(|name| name.trim_end().to_owned()).filter(|name| name.starts_with("DP:")).collect()
}

/// The fifth converter is the one on a thread, and no other test here runs a fifth one on threads: they share a process,
/// and with it the list of threads.
#[cfg(target_os = "linux")]
#[test]
fn dp_threads_carry_their_component_ids() {
    let (_folder, path) = folder();
    let ll = |rate: u32| format!("kind = \"src\", pipeline = 1, rate = {rate}");
    let (up, down) = (ll(48_000), ll(44_100));
    let fifth = src(48_000);
    let widgets = [
        ("host", HOST),
        ("first", &*up),
        ("second", &*down),
        ("third", &*up),
        ("fourth", &*down),
        ("fifth", &*fifth),
        ("end", SPEAKER),
    ];
    let text = line(&chirp(1), &["id = 1"], &widgets);
    let seen = |execution| {
        let mut seen = Vec::new();
        let options = Options { output: Some(path("out.wav")), execution, ..Options::default() };
        watch(&text, &options, &mut |_, _| seen.extend(dp_threads())).unwrap();
        seen.iter().any(|name| name == "DP:0x40007")
    };
    assert!(!seen(VirtualTime), "another test has a thread of this name");
    assert!(seen(Threads));
}

/// Bytes of the largest mapping of this process.
#[cfg(target_os = "linux")]
fn largest_mapping() -> u64 {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let bytes = |line: &str| {
        let (from, to) = line.split_once(' ')?.0.split_once('-')?;
        Some(u64::from_str_radix(to, 16).ok()? - u64::from_str_radix(from, 16).ok()?)
    };
    maps.lines().filter_map(bytes).max().unwrap()
}

/// A stack is a mapping. One that is larger than anything else here can be seen while its thread lives.
#[cfg(target_os = "linux")]
#[test]
fn dp_threads_have_the_declared_stack_and_what_the_host_needs() {
    let (_folder, path) = folder();
    let declared: u32 = 300 << 20;
    let src = format!("{}, stack_bytes = {declared}", src(48_000));
    let text = line(&chirp(1), &["id = 1"], &[("host", HOST), ("src", &src), ("end", SPEAKER)]);
    let largest = |execution| {
        let mut largest = 0;
        let options = Options { output: Some(path("out.wav")), execution, ..Options::default() };
        let seen = watch(&text, &options, &mut |_, _| largest = largest.max(largest_mapping())).unwrap();
        assert_eq!(seen.module("src").stack_bytes, declared);
        largest
    };
    let promised = u64::from(declared) + HOST_STACK_BYTES as u64;
    assert!(largest(VirtualTime) < promised, "something else here is as large");
    assert!(largest(Threads) >= promised);
}

#[cfg(not(target_os = "linux"))]
#[test]
#[ignore = "threads and their stacks are looked up in /proc, which only Linux has"]
fn dp_threads_have_their_names_and_stacks() {}

/// Each of them waits for a whole second of audio, holds its first output back, and fills the next one's block.
#[test]
fn long_blocks_in_a_row_are_no_stall() {
    let (_folder, path) = folder();
    let gain = "kind = \"gain\", pipeline = 1, domain = \"DP\", block_ms = 1000, heap_bytes = 2000000";
    let between = "kind = \"copier\", pipeline = 1";
    let widgets = [
        ("host", HOST),
        ("a", gain),
        ("ab", between),
        ("b", gain),
        ("bc", between),
        ("c", gain),
        ("end", SPEAKER),
    ];
    let input = "signal = \"sine\", rate = 8000, channels = 1, samples = \"S32\", seconds = 0.5";
    let seen = play(&line(input, &["id = 1"], &widgets), &path("out.wav")).unwrap();
    println!("{} ticks, {} frames of start-up", seen.figures.ticks, seen.figures.start_up_frames);
    assert_eq!((seen.figures.frames_out, seen.underruns()), (4000, 0));
}
