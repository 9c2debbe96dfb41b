//! The exit code of each class of errors, wherever in the crates below the error comes from.

use headroom_testbench::sketch::small;

use crate::errors::TOPOLOGY;
use crate::sessions::SESSION;
use crate::support::Bench;

/// A command line, its code, and a word of what is said.
type Case = (&'static str, i32, &'static str);

/// What was typed, or what can't be done with what was typed.
const COMMAND_LINE: [Case; 10] = [
    ("run small.tplg", 2, "several PCMs"),
    ("run small.tplg --pcm 9", 2, "no PCM 9"),
    ("run small.tplg --pcm all --record s.ipc", 2, "for one PCM"),
    ("run mine.toml -o there=x.wav", 2, "is no end"),
    ("run mine.toml -i a.wav -i b.wav", 2, "is given twice"),
    ("inspect session.ipc --json", 2, "is for topologies"),
    ("set small.tplg nobody stack=1 -o x.tplg", 2, "has no widget"),
    ("resample in.wav x.wav -r 47999", 2, "no standard conversion"),
    ("measure-src --pair 47999:48000", 2, "no standard conversion"),
    ("diff small.tplg", 2, "NEW"),
];

/// Files that can't be used: by any crate that reads or writes one.
const FILES: [Case; 17] = [
    ("run missing.toml", 3, "can't read the topology"),
    ("run in.wav", 3, "is a WAV file"),
    ("run cut.tplg", 3, "byte"),
    ("run silent.toml", 3, "nothing to play"),
    ("run mine.toml -i missing.wav", 3, "no such file"),
    ("run mine.toml -i notes.txt", 3, "not a WAV file"),
    ("run mine.toml -o mine.toml", 3, "is the topology"),
    ("run mine.toml -o nowhere/x.wav", 3, "can't write"),
    ("run mine.toml --record nowhere/s.ipc", 3, "can't write"),
    ("run mine.toml --controls missing.sh", 3, "can't read"),
    ("run mine.toml --firmware missing.ri", 3, "can't read"),
    ("run mine.toml --firmware notes.txt", 3, "can't read"),
    ("replay missing.ipc", 3, "can't read"),
    ("replay in.wav", 3, "is no session"),
    ("replay damaged.ipc", 3, "damaged.ipc:1"),
    ("inspect in.wav", 3, "can't be inspected"),
    ("resample missing.wav x.wav -r 48k", 3, "no such file"),
];

/// Topologies that make no sense, by themselves or as messages.
const TOPOLOGIES: [Case; 6] = [
    ("run wrong.toml", 4, "only gains have `gain_db`"),
    ("run core.toml", 4, "its core is 99"),
    ("run mine.toml --controls wrong.sh", 4, "is no command"),
    ("run mine.tplg -i in.wav", 4, "the stream takes"),
    ("compile wrong.toml -o x.tplg", 4, "only gains have `gain_db`"),
    ("lint wrong.toml", 4, "only gains have `gain_db`"),
];

/// What the runtime refused, in a text and in a file; what failed besides; what differs.
const RUNTIME: [Case; 6] = [
    ("run refused.toml", 5, "refused with"),
    ("run refused.tplg", 5, "refused with"),
    ("replay other-build.ipc", 6, "this build has none"),
    ("replay changed.ipc", 1, "not as recorded"),
    ("lint faulty.tplg", 1, ""),
    ("diff small.tplg faulty.tplg", 1, ""),
];

/// Every file that the cases name.
fn bench() -> Bench {
    let bench = Bench::new();
    bench.write_wav("in.wav", 480);
    bench.write("notes.txt", "do re mi fa so la ti do, and once more: do re mi fa so la");
    bench.write("mine.toml", TOPOLOGY);
    bench.write("wrong.toml", &TOPOLOGY.replace("rate = 48000", "rate = 48000\ngain_db = -6.0"));
    bench.write("core.toml", &TOPOLOGY.replace("rate = 48000", "rate = 48000\ncore = 99"));
    let silent = TOPOLOGY.split("[input]").next().unwrap().to_owned();
    bench.write("silent.toml", &(silent + TOPOLOGY.split("0.1\n").nth(1).unwrap()));
    bench.write("refused.toml", &TOPOLOGY.replace("rate = 48000", "rate = 47999"));
    bench.headroom(&["compile", "refused.toml", "-o", "refused.tplg"]).well();
    bench.headroom(&["compile", "mine.toml", "-o", "mine.tplg"]).well();
    bench.write("wrong.sh", "reboot\n");
    bench.write("session.ipc", SESSION);
    bench.write("damaged.ipc", &SESSION.replace("session 1", "session 2"));
    bench.write("changed.ipc", &SESSION.replace("< 32000000", "< 32000009"));
    bench.write("other-build.ipc", &SESSION.replace("module 0x4 copier", "module 0x4 copycat"));
    let (mut faulty, small) = (small(), small().file());
    faulty.routes.push(("gain.3.1".into(), "nowhere".into()));
    std::fs::write(bench.path("faulty.tplg"), faulty.file()).unwrap();
    std::fs::write(bench.path("cut.tplg"), &small[..1000]).unwrap();
    std::fs::write(bench.path("small.tplg"), small).unwrap();
    bench
}

#[test]
fn each_class_has_its_code() {
    let bench = bench();
    let files = || std::fs::read_dir(bench.path(".")).unwrap().count();
    let before = files();
    for (line, code, word) in [&COMMAND_LINE[..], &FILES, &TOPOLOGIES, &RUNTIME].concat() {
        let done = bench.headroom(&line.split(' ').collect::<Vec<_>>());
        assert_eq!(done.code, Some(code), "{line}: {done:?}");
        let said = done.err.replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(word), "{line}: `{word}` is not in:\n{}", done.err);
        assert_eq!(files(), before, "{line} left a file");
    }
}
