//! What can be typed: commands, options and the help that teaches them.

use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use headroom_audio::Quality;
use headroom_desk::TokenEra;
use headroom_explain::Code;
use headroom_explain::Theme;

use crate::spelling::{
    EndArgument, PcmChoice, code, end_file, file, pair, pcm, picture, quality, rate, theme, token_era, wav,
};

/// Runs audio topologies from phased memory regions, and measures what every module needs.
#[derive(Parser, Debug)]
#[command(name = "headroom", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    Run(Run),
    Compile(Compile),
    Decompile(Decompile),
    Set(Set),
    Resample(Resample),
    MeasureSrc(MeasureSrc),
    Replay(Replay),
    Inspect(Inspect),
    Graph(Graph),
    Lint(Lint),
    Diff(Diff),
}

const RUN_EXAMPLES: &str = "\
Examples:
  headroom run                            the bundled example, a chirp
  headroom run -i talk.wav -o talk48.wav  your file through the bundled topology
  headroom run mine.toml -i talk.wav      your topology
  headroom run two.toml -i a=a.wav -i b=b.wav -o speaker=mix.wav
                                          one file for each end of it
  headroom run sof.tplg --pcm 0 -i talk.wav -o out.wav
                                          a PCM of a compiled topology, as Linux plays it
  headroom run sof.tplg --pcm all         all of its PCMs, with a signal
  headroom run --json --timing            the report as data, with the time it took
  headroom run --threads -v               DP modules on threads, and every message
  headroom run --record session.ipc       every message in a file, to replay or to report

Exit codes:
  0  all audio came out            4  the topology makes no sense
  2  the command line is wrong     5  the runtime refused a message
  3  a file can't be used          6  something failed while the audio ran";

/// Play audio through a topology and report what memory it took
///
/// The topology is set up with IPC4 messages, as a driver would, and runs in virtual time: as fast as it can, with the
/// same result every time. The audio goes to a WAV file, the report to standard output.
#[derive(Args, Debug)]
#[command(after_help = RUN_EXAMPLES)]
pub(crate) struct Run {
    /// The topology: in TOML (see docs/topology-toml.md), or compiled for IPC4 (`.tplg`); without it a bundled example runs
    pub(crate) topology: Option<PathBuf>,

    /// Of a compiled topology the PCM to play: its number, with `:playback` or `:capture` where it has both, or `all`, one
    /// after the other
    #[arg(long, value_name = "ID[:DIRECTION]|all", value_parser = pcm)]
    pub(crate) pcm: Option<PcmChoice>,

    /// Set controls of a compiled topology while it plays: a script of `amixer -c0 cset name='CONTROL' VALUE` and
    /// `sleep SECONDS`
    #[arg(long, value_name = "SCRIPT")]
    pub(crate) controls: Option<PathBuf>,

    /// Take module ids, and which modules are DP by themselves, from the manifest of an IPC4 firmware image (`.ri`); once more
    /// for each library that is loaded with it
    #[arg(long, value_name = "IMAGE")]
    pub(crate) firmware: Vec<PathBuf>,

    /// What the memory tokens 420 to 423 of a compiled topology mean: `heap` (stack, heap), `phases` (stack, interim,
    /// lifetime, shared) or `swapped` (heap, stack, as Linux 6.19 to 7.2 reads them); without it `phases` where a
    /// widget has 422 or 423, else `heap`
    #[arg(long, value_name = "ERA", value_parser = token_era())]
    pub(crate) token_era: Option<TokenEra>,

    /// The WAV file to play: S16, S24, S32 or float, 1 to 8 channels; the bundled topology takes any of
    /// the 17 rates that `src` converts; without it the signal that the topology names plays. Can be given once
    /// for each source of the topology, as WIDGET=WAV; one without a widget is for the first source
    #[arg(short, long, value_name = "[WIDGET=]WAV", value_parser = OsStringValueParser::new().try_map(end_file))]
    pub(crate) input: Vec<EndArgument>,

    /// The WAV file to write what comes out of the topology; once for each sink, as WIDGET=WAV; without it
    /// headroom-out.wav
    #[arg(short, long, value_name = "[WIDGET=]WAV")]
    #[arg(value_parser = OsStringValueParser::new().try_map(end_file))]
    pub(crate) output: Vec<EndArgument>,

    /// Record every IPC4 message with its time and its reply into this file (see docs/sessions.md)
    #[arg(long, value_name = "SESSION", value_parser = OsStringValueParser::new().try_map(file))]
    pub(crate) record: Option<PathBuf>,

    /// Run each DP module on a thread of its own, with the stack that it declares; the audio stays the same to the bit
    #[arg(long)]
    pub(crate) threads: bool,

    /// Print the report as JSON instead of text
    #[arg(long)]
    pub(crate) json: bool,

    /// Add wall-clock figures to the report; they differ from run to run
    #[arg(long)]
    pub(crate) timing: bool,

    /// Show every message, region and seal on standard error
    #[arg(short, long)]
    pub(crate) verbose: bool,
}

const COMPILE_EXAMPLES: &str = "\
Examples:
  headroom compile mine.toml -o sof-mine.tplg       what a driver loads
  headroom decompile sof-hda.tplg -o hda.toml       a file that ships, as text;
  headroom compile hda.toml -o again.tplg           the same bytes again, or others, once you edit it

Exit codes:
  0  the file is written           3  a file can't be read or written
  2  the command line is wrong     4  the topology makes no sense";

/// Make an ALSA topology file (.tplg) of a topology in TOML
///
/// Two kinds of text are taken. One says what widgets do, as for `headroom run`; formats, tokens, controls and links are worked
/// out from it (see docs/topology-toml.md). The other, which `headroom decompile` writes, says every field and token
/// of the file by its name (see docs/topology-files.md).
#[derive(Args, Debug)]
#[command(after_help = COMPILE_EXAMPLES)]
pub(crate) struct Compile {
    /// The topology, in TOML
    #[arg(value_name = "TOML", value_parser = OsStringValueParser::new().try_map(file))]
    pub(crate) topology: PathBuf,

    /// The topology file to write
    #[arg(short, long, value_name = "TPLG", value_parser = OsStringValueParser::new().try_map(file))]
    pub(crate) output: PathBuf,
}

const DECOMPILE_EXAMPLES: &str = "\
Examples:
  headroom decompile sof-hda.tplg | less            to read
  headroom decompile sof-hda.tplg -o hda.toml       to edit and compile again

Exit codes:
  0  the text is written           3  a file can't be read or written, or is damaged
  2  the command line is wrong";

/// Show an ALSA topology file (.tplg) as TOML that compiles to the same bytes
///
/// Every block, element, field and token has its name and stands in the order of the file; numbers without a name stay
/// numbers, and bytes whose meaning is not known stay bytes. What is 0 or empty, and what is counted, is left out.
#[derive(Args, Debug)]
#[command(after_help = DECOMPILE_EXAMPLES)]
pub(crate) struct Decompile {
    /// The topology file
    #[arg(value_name = "TPLG", value_parser = OsStringValueParser::new().try_map(file))]
    pub(crate) topology: PathBuf,

    /// The text file to write; without it the text goes to standard output
    #[arg(short, long, value_name = "TOML", value_parser = OsStringValueParser::new().try_map(file))]
    pub(crate) output: Option<PathBuf>,
}

const SET_EXAMPLES: &str = "\
Examples:
  headroom set sof.tplg src.1.1 heap=32k stack=4k -o less.tplg        memory of a module
  headroom set sof.tplg src.1.1 src.2.1 heap=32k -o less.tplg         of several
  headroom set sof.tplg --all src heap=32k -o less.tplg               of all of a kind, or of a module
  headroom set sof.tplg src.1.1 domain=LL -o ll.tplg                  who runs it
  headroom set sof.tplg gain.1.1 GAIN_VAL=0x40000000 -o half.tplg     any other token, by its name

Exit codes:
  0  the file is written           3  a file can't be read or written, or is damaged
  2  the command line is wrong, or there is no such widget or token, or the value doesn't fit";

/// Change tokens of widgets in an ALSA topology file (.tplg), and no other byte of it
///
/// Tokens that a widget doesn't have are added to it, but for those of audio formats, which go together: for these use `headroom
/// decompile` and `headroom compile`.
#[derive(Args, Debug)]
#[command(after_help = SET_EXAMPLES)]
pub(crate) struct Set {
    /// The topology file
    #[arg(value_name = "TPLG", value_parser = OsStringValueParser::new().try_map(file))]
    pub(crate) topology: PathBuf,

    /// Widgets by their names, and what to set in each: stack, heap, lifetime or interim (bytes, as 32768 or 32k), domain (LL, DP
    /// or default), core, or a token by its name
    #[arg(value_name = "WIDGET|TOKEN=VALUE", required = true)]
    pub(crate) words: Vec<String>,

    /// Set it in all widgets of a kind, as pga, or of a module, as gain
    #[arg(long, value_name = "KIND")]
    pub(crate) all: Option<String>,

    /// The topology file to write
    #[arg(short, long, value_name = "TPLG", value_parser = OsStringValueParser::new().try_map(file))]
    pub(crate) output: PathBuf,
}

const RESAMPLE_EXAMPLES: &str = "\
Examples:
  headroom resample song.flac song48.wav --rate 48000      FLAC in, WAV out
  headroom resample talk.wav talk16.wav -r 16k -q lite     the cheapest filters
  headroom resample a.wav b.wav -r 44.1k                   24 bits in, 24 bits out

Filters are ready between the rates that `headroom measure-src` lists, with how good each conversion is. For other rates they
are designed on the spot, which can take seconds, if the two rates have enough in common.

Exit codes:
  0  the file is converted         3  a file can't be used
  2  the command line is wrong, or no filter converts between these rates";

/// Convert a WAV or FLAC file to another sample rate
///
/// The output is a WAV file with the bits and the channels of the input. The audio stays in its place: what the filters
/// delay is cut, and what they still hold at the end is written, so that there are as many frames as the input has, times
/// the ratio of the rates, rounded up. Samples are rounded to the bits of the file, half up and without dither. Peaks
/// beyond full scale are clipped, counted, and told on standard error. Memory does not grow with the file.
#[derive(Args, Debug)]
#[command(after_help = RESAMPLE_EXAMPLES)]
pub(crate) struct Resample {
    /// The file to read: WAV of 16, 24 or 32 bits or float, or FLAC; 1 to 8 channels
    #[arg(value_name = "IN", value_parser = OsStringValueParser::new().try_map(file))]
    pub(crate) input: PathBuf,

    /// The WAV file to write; it gets its name when it is whole
    #[arg(value_name = "OUT.wav", value_parser = OsStringValueParser::new().try_map(wav))]
    pub(crate) output: PathBuf,

    /// The rate of the output in Hz, or in kHz with a `k`: 48000, 48k, 44.1k
    #[arg(short, long, value_parser = rate)]
    pub(crate) rate: u32,

    /// How good the filters are
    #[arg(short, long, default_value = "standard", value_parser = quality())]
    pub(crate) quality: Quality,
}

const MEASURE_EXAMPLES: &str = "\
Examples:
  headroom measure-src                                     all conversions of `standard`, as a table
  headroom measure-src --quality lite --json               as data (fields: docs/resampling.md)
  headroom measure-src --pair 44.1k:48k --plot src.svg     one of them, with its frequency response

Exit codes:
  0  measured                      3  the SVG file can't be written
  2  the command line is wrong, or there is no such conversion";

/// Measure what sample rate conversions do to sound, and what they take
///
/// Runs the real converter over generated tones of -1 dBFS in 32-bit samples: THD+N, pass-band ripple, the worst image and
/// alias, latency, and the memory that is written. What the plan declares, and what is worked out from it, is shown under
/// headings of their own. The same command prints the same bytes each time.
#[derive(Args, Debug)]
#[command(after_help = MEASURE_EXAMPLES)]
pub(crate) struct MeasureSrc {
    /// The rates of one conversion, input first, in Hz or with a `k`: 44100:48000, 44.1k:48k; without it all are measured
    #[arg(long, value_name = "FROM:TO", value_parser = pair)]
    pub(crate) pair: Option<(u32, u32)>,

    /// The quality that is measured
    #[arg(short, long, default_value = "standard", value_parser = quality())]
    pub(crate) quality: Quality,

    /// Draw the frequency response of the pair into this SVG file: all of it, and the pass-band from near
    #[arg(long, value_name = "SVG", requires = "pair", value_parser = OsStringValueParser::new().try_map(file))]
    pub(crate) plot: Option<PathBuf>,

    /// Print the figures as JSON instead of a table
    #[arg(long)]
    pub(crate) json: bool,
}

const REPLAY_EXAMPLES: &str = "\
Examples:
  headroom run mine.toml --record session.ipc    record a session
  headroom replay session.ipc                    all replies as recorded?
  headroom replay session.ipc -i talk.wav        with the file that was played when it was recorded

Exit codes:
  0  all replies are as recorded   3  a file can't be used, or the session is damaged
  1  a reply differs               6  this build can't make the runtime that was recorded
  2  the command line is wrong";

/// Drive a fresh runtime with a recorded session and report replies that differ
///
/// Each message is sent at its time to a runtime like the recorded one, and the audio ticks between the messages are run, all in
/// virtual time. A built-in signal plays again. A file does not stand in the session: name it, or silence is played. What
/// differs is told with the message, what was recorded, and what came now.
#[derive(Args, Debug)]
#[command(after_help = REPLAY_EXAMPLES)]
pub(crate) struct Replay {
    /// The session, as `headroom run --record` writes it
    #[arg(value_name = "SESSION", value_parser = OsStringValueParser::new().try_map(file))]
    pub(crate) session: PathBuf,

    /// The WAV file that was played when the session was recorded; without it silence stands in
    #[arg(short, long, value_name = "WAV", value_parser = OsStringValueParser::new().try_map(file))]
    pub(crate) input: Option<PathBuf>,
}

const INSPECT_EXAMPLES: &str = "\
Examples:
  headroom inspect session.ipc         what was asked and answered, in words
  headroom inspect sof-hda-generic.tplg               PCMs with their ways, pipelines, links
  headroom inspect sof-hda-generic.tplg --widgets     a line for each widget
  headroom inspect sof-hda-generic.tplg --tokens | grep -A99 src.1.1
                                                      what a widget's tokens say, by name
  headroom inspect sof-hda-generic.tplg --json        all of it as data (fields: docs/inspect.md)

Exit codes:
  0  printed                       3  the file can't be used, or is damaged
  2  the command line is wrong";

/// Print what is in a compiled topology or in a recorded session
///
/// Of a topology first of all what most readers want: which firmware it is for, what each PCM can do and by which widgets its
/// audio goes to a DAI, and the pipelines; topologies for IPC3 are read as well as those for IPC4. Of a session what the
/// runtime was made for, then each message with its number, its time and its reply. What the file is, is found out from its
/// contents.
#[derive(Args, Debug)]
#[command(after_help = INSPECT_EXAMPLES)]
pub(crate) struct Inspect {
    /// The file to print
    #[arg(value_name = "FILE", value_parser = OsStringValueParser::new().try_map(file))]
    pub(crate) file: PathBuf,

    /// Of a topology: a line for each widget, instead of the summary
    #[arg(long)]
    pub(crate) widgets: bool,

    /// Of a topology: the audio formats of each widget, instead of the summary
    #[arg(long)]
    pub(crate) formats: bool,

    /// Of a topology: every token by name, instead of the summary
    #[arg(long)]
    pub(crate) tokens: bool,

    /// Of a topology: everything as JSON
    #[arg(long, conflicts_with_all = ["widgets", "formats", "tokens"])]
    pub(crate) json: bool,
}

const LINT_EXAMPLES: &str = "\
Examples:
  headroom lint sof-hda-generic.tplg          what to look at before it goes on a machine
  headroom lint build/*.tplg && make install  go on if nothing would fail
  headroom lint x.tplg --all                  repeated findings one by one
  headroom lint --explain HR040               what a code means (all: docs/lint.md)
  headroom lint x.tplg --json                 the findings as data

Exit codes:
  0  no errors (there may be warnings and notes)
  1  at least one error in one of the files
  2  the command line is wrong
  3  a file can't be used, or is damaged";

/// Find what would fail or surprise in compiled topologies
///
/// Errors are what a driver or the firmware refuses, or where audio can't get through; warnings run, but not as they say; notes
/// are for whoever wants to know. Each has a stable code, the place, the reason and a remedy. Findings that repeat are summed.
#[derive(Args, Debug)]
#[command(after_help = LINT_EXAMPLES)]
pub(crate) struct Lint {
    /// The topologies to look at
    #[arg(value_name = "TPLG", required_unless_present = "explain")]
    #[arg(value_parser = OsStringValueParser::new().try_map(file))]
    pub(crate) files: Vec<PathBuf>,

    /// Tell every finding by itself, also those that repeat
    #[arg(long)]
    pub(crate) all: bool,

    /// Print the findings as JSON instead of text: all of them
    #[arg(long)]
    pub(crate) json: bool,

    /// Say what a code means, and look at no file
    #[arg(long, value_name = "CODE", conflicts_with_all = ["files", "all", "json"], value_parser = code)]
    pub(crate) explain: Option<&'static Code>,
}

const GRAPH_EXAMPLES: &str = "\
Examples:
  headroom graph sof-hda-generic.tplg -o hda.svg      to look at in a browser
  headroom graph sof-hda-generic.tplg -o hda.dot      for Graphviz: dot -Tpdf hda.dot -o hda.pdf

Exit codes:
  0  drawn                         3  a file can't be used, or is damaged
  2  the command line is wrong";

/// Draw a compiled topology
///
/// Pipelines are boxes; audio goes from left to right. The ends at PCMs and DAIs, LL and DP modules are told apart by colour. Formats
/// that both ends of a route have stand where it starts; a route whose ends have none in common is red. The same file gives the
/// same picture each time.
#[derive(Args, Debug)]
#[command(after_help = GRAPH_EXAMPLES)]
pub(crate) struct Graph {
    /// The topology to draw
    #[arg(value_name = "TPLG", value_parser = OsStringValueParser::new().try_map(file))]
    pub(crate) file: PathBuf,

    /// The picture to write: its name ends in .svg or .dot
    #[arg(short, long, value_name = "SVG|DOT", value_parser = OsStringValueParser::new().try_map(picture))]
    pub(crate) output: PathBuf,

    /// The background
    #[arg(long, value_name = "THEME", default_value = "light", value_parser = theme())]
    pub(crate) theme: Theme,

    /// Show the memory that widgets ask for
    #[arg(long)]
    pub(crate) memory: bool,

    /// Show the names of the widgets' controls
    #[arg(long)]
    pub(crate) controls: bool,
}

const DIFF_EXAMPLES: &str = "\
Examples:
  headroom diff old.tplg new.tplg              what a reviewer should look at
  headroom diff --stat old.tplg new.tplg       how much of it there is
  headroom diff old.tplg new.tplg && echo same

In the output `+` is only in the new file, `-` only in the old one, and `~` in both, but not the same.
What changed alike in many elements is told once, with how many; `--all` tells each.

Exit codes:
  0  the files are the same to the byte
  1  they differ
  2  the command line is wrong
  3  a file can't be used, or is damaged";

/// Tell what changed from one compiled topology to another
///
/// Widgets, routes and controls are matched by their names, PCMs and links by their numbers, so that another order is no change.
/// Tokens are told by name, with the old value and the new one.
#[derive(Args, Debug)]
#[command(after_help = DIFF_EXAMPLES)]
pub(crate) struct Diff {
    /// The topology as it was
    #[arg(value_name = "OLD", value_parser = OsStringValueParser::new().try_map(file))]
    pub(crate) old: PathBuf,

    /// The topology as it is
    #[arg(value_name = "NEW", value_parser = OsStringValueParser::new().try_map(file))]
    pub(crate) new: PathBuf,

    /// Tell each change, also where many are alike
    #[arg(long)]
    pub(crate) all: bool,

    /// Only count what is added, taken away and changed
    #[arg(long, conflicts_with_all = ["all", "json"])]
    pub(crate) stat: bool,

    /// Print the changes as JSON, each by itself
    #[arg(long)]
    pub(crate) json: bool,
}
