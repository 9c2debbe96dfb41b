//! Controls: what is sent at first, and what a script sets while the stream plays.

use headroom_desk::Options;
use headroom_testbench::audio::{Audio, spec, write};
use headroom_testbench::draft::{Draft, Knob, NOBODYS, Node, node, playback};
use headroom_testbench::folder;
use headroom_tplg::{Token, WidgetKind};
use hound::SampleFormat;

use super::support::{error, has, play, session};

/// From -90 dB in steps of 2 dB; 45 is 0 dB.
const VOLUME: Knob = Knob::Volume("Volume", 45, (-9000, 200));

fn gain(knobs: Vec<Knob>) -> Node {
    Node { knobs, ..node("gain", WidgetKind::Pga, "gain", 1) }
}

/// Half of full scale through `draft` for a second, with a script.
fn scripted(draft: &Draft, script: &str) -> Vec<Vec<f64>> {
    let (_folder, path) = folder();
    write(&path("in.wav"), spec(48_000, 2, (32, SampleFormat::Int)), 48_000, |_, _| 0.5);
    std::fs::write(path("script.sh"), script).unwrap();
    let (input, output) = (Some(path("in.wav")), Some(path("out.wav")));
    let controls = Some(path("script.sh"));
    play(draft, &Options { input, output, controls, ..Options::default() }).unwrap();
    Audio::read(&path("out.wav")).channels
}

/// A volume starts at 0 dB whatever the module was made with, a switch on.
#[test]
fn volumes_start_at_0_db_and_switches_on() {
    let mut quiet = gain(vec![VOLUME, Knob::Switch("Switch", 2)]);
    quiet.words(&[(Token::GAIN_VAL, 1 << 20)]);
    let out = scripted(&playback(vec![quiet.clone()]), "");
    assert!(out.iter().flatten().all(|&value| value == 0.5), "{:?}", &out[0][..9]);
    let (folder, _) = folder();
    let text = session(&playback(vec![quiet]), folder.path());
    has(&text, &["set `Volume` of `gain`", "set `Switch` of `gain`", "parameter 200"]);
}

/// The gain changes at the frame of the time that the script says, and not a frame before or after.
#[test]
fn a_script_sets_a_gain_in_the_middle_of_the_stream() {
    let script = "amixer -c0 cset name='Volume' 45\nsleep 0.25\namixer -c0 cset name='Volume' 30\nsleep 0.5\n\
                  amixer cset name=Volume 0,45\n";
    let out = scripted(&playback(vec![gain(vec![VOLUME])]), script);
    let quiet = 0.5 * 10_f64.powf(-30.0 / 20.0);
    for (channel, last) in out.iter().zip([0.0, 0.5]) {
        for (frame, &value) in channel.iter().enumerate() {
            let expected = match frame {
                ..12_000 => 0.5,
                12_000..36_000 => quiet,
                _ => last,
            };
            assert!(
                (value - expected).abs() < 0.001 * expected + 1e-9,
                "frame {frame}: {value}, not {expected}"
            );
        }
    }
}

#[test]
fn a_script_switches_a_channel_off() {
    let draft = playback(vec![gain(vec![Knob::Switch("Switch", 2)])]);
    let out = scripted(&draft, "sleep 0.5\namixer cset name='Switch' on,off\n");
    assert!(out[0].iter().all(|&value| value == 0.5));
    assert!(out[1][..24_000].iter().all(|&value| value == 0.5));
    // A switch fades; in the end it is silent.
    assert!(out[1][40_000..].iter().all(|&value| value == 0.0), "{:?}", &out[1][40_000..40_010]);
}

/// 8192 bytes are what the original firmware takes.
#[test]
fn a_bytes_control_that_is_longer_than_modules_take() {
    let mut unknown = node("unknown", WidgetKind::Effect, "gain", 1);
    unknown.uuid = Some(NOBODYS);
    unknown.knobs = vec![Knob::Bytes("Blob", 3, vec![7; 16_416])];
    let mut draft = playback(vec![unknown]);
    assert!(play(&draft, &Options::default()).is_ok());
    draft.edit("unknown").knobs = vec![Knob::Bytes("Blob", 3, vec![7; 16_417])];
    has(&error(&draft, &Options::default()), &["set `Blob` of `unknown`", "16417 bytes", "1 to 16416"]);
}

/// A script is read before anything is sent.
#[test]
fn a_script_that_is_not_there_or_makes_no_sense() {
    let draft = playback(vec![gain(vec![VOLUME])]);
    let (_folder, path) = folder();
    std::fs::write(path("script.sh"), "\namixer cset name=Volume 46").unwrap();
    let with = |name| Options { controls: Some(path(name)), ..Options::default() };
    has(&error(&draft, &with("script.sh")), &["script.sh:2", "`46` is no value from 0 to 45"]);
    has(&error(&draft, &with("nothing.sh")), &["can't read", "nothing.sh", "check the name"]);
}

/// A control of a widget that the stream does not go through is known, and stays as it is.
#[test]
fn controls_elsewhere_are_passed_over() {
    let mut draft = playback(Vec::new());
    let mut elsewhere = gain(vec![VOLUME]);
    elsewhere.pipeline = 1;
    draft.widgets.push(elsewhere);
    let out = scripted(&draft, "amixer cset name=Volume 0\n");
    assert!(out.iter().flatten().all(|&value| value == 0.5));
}
