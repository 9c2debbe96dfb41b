//! What a text can say and a file can't: what becomes of it where the text is compiled in memory, and that files tell or refuse.

use headroom_module::{Format, SampleFormat};
use headroom_modules::{Curve, MODULES};
use headroom_testbench::{folder, line};
use headroom_topology::{Beside, Blob, Compiled, Loaded, Preset, Value, WidgetKind};
use headroom_tplg::Token;

use crate::support::{bundled, parse};

const SINE: &str = "signal = \"sine\", rate = 48000, channels = 2, samples = \"S32\", seconds = 0.1";
const HOST: (&str, &str) = ("host", "kind = \"host-copier\", pipeline = 1");
const SPEAKER: (&str, &str) = ("speaker", "kind = \"dai-copier\", pipeline = 1");

/// Host, a widget with these keys, and speaker.
fn with(name: &str, keys: &str) -> String {
    line(SINE, &["id = 1"], &[HOST, (name, &format!("pipeline = 1, {keys}")), SPEAKER])
}

fn compiled(text: &str) -> (Compiled, Beside) {
    parse(text).unwrap().compiled(MODULES, &|_| None).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// What the file that `text` makes says differently; or why it makes none, and what to do.
fn as_file(text: &str) -> Result<Vec<String>, (String, String)> {
    match headroom_topology::compile("test.toml", text.to_owned(), MODULES) {
        Ok(written) => Ok(written.notes),
        Err(headroom_topology::Error::Text { place, what, help, .. }) => {
            assert!(place.starts_with("test.toml:"), "{place}");
            Err((what, help))
        }
        Err(error) => panic!("{error}"),
    }
}

/// -6 dB in Q1.31, as the module's init payload would have it.
fn minus_6_db() -> u32 {
    (10_f64.powf(-6.0 / 20.0) * f64::from(i32::MAX)).round() as u32
}

#[test]
fn a_gain_beside_its_control_is_set_after_the_set_up_and_a_file_says_that_it_is_not() {
    let text = bundled("playback.toml");
    let (_, beside) = compiled(&text);
    let &[Preset { control: 0, value: Value::Gain { target, curve, duration } }] = beside.presets("volume")
    else {
        panic!("{:?}", beside.presets("volume"))
    };
    assert!(target.abs_diff(minus_6_db()) <= 1, "{target:#x}");
    assert_eq!((curve, duration), (Curve::Linear, 200_000));
    let [note] = &as_file(&text).unwrap()[..] else { panic!("{:?}", as_file(&text)) };
    assert!(note.contains("`volume`") && note.contains("defaults only"), "{note}");
    // Without a control the gain is in the file, and with 0 dB the default is what is said.
    for (old, new) in [("volume_control =", "# volume_control ="), ("gain_db = -6.0\n", "")] {
        let text = text.replace(old, new);
        assert_eq!((compiled(&text).1.presets("volume"), as_file(&text)), (&[][..], Ok(vec![])), "{new}");
    }
}

#[test]
fn controls_are_set_after_the_set_up_and_a_file_has_their_defaults() {
    let controls = "controls = { switch = 0, enum = 3 }";
    let set = |number| Value::Number(number);
    for (keys, first) in [
        ("kind = \"stand-in\", uuid = \"5150c0e6-27f9-4ec8-8351-c705b642d12f\"", 0),
        ("kind = \"module\", module = \"passthrough\"", 0),
        ("kind = \"gain\", volume_control = \"Volume\", switch_control = \"Switch\"", 1),
    ] {
        let text = with("it", &format!("{keys}, {controls}"));
        let (compiled, beside) = compiled(&text);
        let presets =
            [Preset { control: first, value: set(0) }, Preset { control: first + 1, value: set(3) }];
        assert_eq!(beside.presets("it"), presets, "{keys}");
        let topology = compiled.view().unwrap();
        let names: Vec<_> =
            topology.widget("it").unwrap().controls().map(|it| it.name().to_owned()).collect();
        let expected = if first == 1 { ["Switch", "it enum"] } else { ["it switch", "it enum"] };
        assert_eq!(names[first..], expected, "{keys}");
        let notes = as_file(&text).unwrap();
        assert!(notes.len() == 1 && notes[0].contains("`it`"), "{notes:?}");
    }
}

/// 43 bytes are what a field of 44 holds.
#[test]
fn longer_names_than_a_file_has_room_for_are_hidden_or_refused() {
    let (fits, long) = ("n".repeat(43), "n".repeat(44));
    let copier = "kind = \"copier\"";
    assert_eq!(as_file(&with(&fits, copier)), Ok(vec![]));
    let (what, help) = as_file(&with(&long, copier)).unwrap_err();
    assert!(what.contains("too long for a topology file") && help.contains("43 bytes"), "{what}; {help}");
    let (compiled, beside) = compiled(&with(&long, copier));
    let topology = compiled.view().unwrap();
    let hidden = topology.widgets().map(|it| it.name().to_owned()).find(|name| name.contains('~')).unwrap();
    assert!(hidden.len() <= 43, "{hidden}");
    assert_eq!(beside.name(&hidden), long);
    assert_eq!(beside.name("host"), "host");
    assert!(topology.check().is_ok());
}

/// Names that are alike but for what is cut off, and one that looks like a hidden one.
#[test]
fn hidden_names_are_no_other_ones() {
    let long = |last: char| format!("{}{last}", "ä".repeat(30));
    let taken = format!("{}~1", "ä".repeat(16));
    let copier = "kind = \"copier\", pipeline = 1";
    let names = [long('a'), taken, long('b')];
    let widgets: Vec<_> =
        [HOST].into_iter().chain(names.iter().map(|name| (&**name, copier))).chain([SPEAKER]).collect();
    let (compiled, beside) = compiled(&line(SINE, &["id = 1"], &widgets));
    let topology = compiled.view().unwrap();
    topology.check().unwrap();
    let modules = topology.widgets().filter(|widget| widget.kind().is_module());
    let mut said: Vec<_> = modules.map(|widget| beside.name(widget.name()).to_owned()).collect();
    said.sort();
    let mut expected: Vec<_> = widgets.iter().map(|(name, _)| (*name).to_owned()).collect();
    expected.sort();
    assert_eq!(said, expected);
}

#[test]
fn a_stand_in_without_uuid_gets_one_that_nothing_has_or_is_refused() {
    let stand_in = "kind = \"stand-in\", pipeline = 1";
    let widgets = [HOST, ("one", stand_in), ("two", stand_in), SPEAKER];
    let text = line(SINE, &["id = 1"], &widgets);
    let (what, help) = as_file(&text).unwrap_err();
    assert!(what.contains("which module `one` stands for") && help.contains("add `uuid`"), "{what}; {help}");
    let (compiled, _) = compiled(&text);
    let topology = compiled.view().unwrap();
    let [one, two] = ["one", "two"].map(|name| topology.widget(name).unwrap().uuid().unwrap());
    assert_ne!(one, two);
    assert!(MODULES.iter().all(|entry| ![one.0, two.0].contains(&entry.uuid)));
}

#[test]
fn a_payload_stands_beside_the_file_or_is_refused() {
    let text = with("it", "kind = \"module\", module = \"passthrough\", config = \"01 02 a0\"");
    assert_eq!(compiled(&text).1.config("it"), [1, 2, 0xA0]);
    let (what, help) = as_file(&text).unwrap_err();
    assert!(what.contains("`config` of `it`") && help.contains("take it out"), "{what}; {help}");
}

/// A blob is a control of its own, so a file has it.
#[test]
fn blobs_are_in_the_file_with_their_header() {
    let header = "534f4634 07000000 02000000 01d00103 00000000 00000000 00000000 00000000";
    for (blob, parameter) in [("beef".to_owned(), 0), (format!("{header} beef"), 7)] {
        let text = with("it", &format!("kind = \"module\", module = \"passthrough\", blob = \"{blob}\""));
        assert_eq!(as_file(&text), Ok(vec![]));
        let (compiled, _) = compiled(&text);
        let topology = compiled.view().unwrap();
        let control = topology.widget("it").unwrap().controls().next().unwrap();
        let private = control.private();
        assert_eq!((&private[..4], private[4], &private[32..]), (&b"SOF4"[..], parameter, &[0xBE, 0xEF][..]));
    }
}

/// Hexadecimal digits, or a file beside the topology; and what is neither, cut off, or has no end.
#[test]
fn bytes_are_spelt_or_in_a_file() {
    let (_folder, path) = folder();
    let load = |blob: &str| {
        std::fs::write(path("mine.toml"), with("it", &format!("kind = \"stand-in\", blob = \"{blob}\"")))
            .unwrap();
        match Loaded::load(&path("mine.toml"), MODULES) {
            Ok(Loaded::Text(topology)) => Ok(topology.widgets[1].outside.blob.clone().unwrap()),
            Ok(Loaded::Compiled(_)) => panic!("this is a text"),
            Err(error) => Err(error.to_string()),
        }
    };
    std::fs::write(path("blob.bin"), [0xBE, 0xEF]).unwrap();
    let expected = Blob { parameter: 0, data: vec![0xBE, 0xEF] };
    for blob in ["beef", "BE EF", "blob.bin", path("blob.bin").to_str().unwrap()] {
        assert_eq!(load(blob), Ok(expected.clone()), "{blob}");
    }
    std::fs::write(path("long.bin"), vec![0; (1 << 20) + 1]).unwrap();
    let cut = "534f4634 00000000 08000000 01d00103 00000000 00000000 00000000 00000000 beef";
    for (blob, words) in [
        ("nothing.bin", "neither hexadecimal digits nor a file"),
        ("long.bin", "more than 1048576 bytes"),
        (cut, "its header says 8 bytes, 2 are there"),
    ] {
        let said = load(blob).unwrap_err();
        assert!(said.contains("mine.toml:8") && said.contains(words), "{blob}: {said}");
    }
}

/// Which module a widget is, by name or by UUID, and with which ports.
#[test]
fn any_module_of_the_table_is_named_once() {
    let module = |keys: &str| parse(&with("it", &format!("kind = \"module\"{keys}")));
    let gain = "61bca9a8-18d0-4a18-8e7b-2639219804b7";
    for keys in [", module = \"gain\"".to_owned(), format!(", uuid = \"{gain}\"")] {
        let topology = module(&keys).unwrap();
        assert_eq!(topology.widgets[1].kind, WidgetKind::Module { inputs: 1, outputs: 1 }, "{keys}");
    }
    let nobodys = module(", uuid = \"5150c0e6-27f9-4ec8-8351-c705b642d12f\"").unwrap();
    assert_eq!(nobodys.widgets[1].kind, WidgetKind::Module { inputs: 4, outputs: 4 });
    for (keys, words) in [
        ("", "it isn't said which module this is"),
        (", module = \"gian\"", "there is no module `gian`"),
        (", uuid = \"61bca9a8\"", "this is no UUID"),
        (", module = \"gain\", uuid = \"61bca9a8-18d0-4a18-8e7b-2639219804b7\"", "not both"),
        (", module = \"gain\", controls = { enum = 16 }", "items 0 to 15"),
        (", module = \"gain\", gain_db = -6.0", "only gains have `gain_db`"),
    ] {
        let said = module(keys).unwrap_err().to_string();
        assert!(said.contains(words), "{keys}: {said}");
    }
}

/// The format that is played is the only one, whatever the PCM says that it can be opened with.
#[test]
fn what_is_played_is_the_only_front_format() {
    let text = bundled("playback.toml");
    let mono = Format::new(44_100, 1, SampleFormat::S16).unwrap();
    let (compiled, _) = parse(&text).unwrap().compiled(MODULES, &|_| Some(mono)).unwrap();
    let topology = compiled.view().unwrap();
    let of = |format: headroom_tplg::AudioFormat| (format.rate, format.channels, format.valid_bit_depth);
    let host: Vec<_> = topology.widget("host").unwrap().input_formats().map(of).collect();
    assert_eq!(host, [(44_100, 1, 16)]);
    let played = topology.pcms().next().unwrap().playback().unwrap();
    assert_eq!((played.rate_min, played.rate_max, played.channels_max), (44_100, 44_100, 1));
}

/// A recording in memory asks for what comes; a file lists all that its PCM says.
#[test]
fn a_recording_is_as_it_comes() {
    let depths = |compiled: &Compiled| -> Vec<u32> {
        let topology = compiled.view().unwrap();
        topology.widget("host").unwrap().output_formats().map(|it| it.valid_bit_depth).collect()
    };
    let text = bundled("capture.toml");
    assert_eq!(depths(&compiled(&text).0), [32]);
    let file = headroom_topology::compile("capture.toml", text, MODULES).unwrap().file;
    assert_eq!(depths(&Compiled::from_bytes("capture.tplg".as_ref(), file).unwrap()), [16, 32]);
}

/// A second source has a format of its own.
#[test]
fn each_source_can_have_a_signal_of_its_own() {
    let text = bundled("playback-two-pcms.toml");
    let two = text.replace("rates = [44100, 48000]\nsamples = [\"S16\", \"S32\"]\n", "").replace(
        "[[pcm]]\nid = 0",
        "[[input]]\nwidget = \"music\"\nsignal = \"sine\"\nrate = 16000\nchannels = 2\nsamples = \"S32\"\n\
         seconds = 0.5\n\n[[pcm]]\nid = 0",
    );
    let two = two.replace("[input] ", "[[input]] ");
    let (compiled, _) = compiled(&two);
    let topology = compiled.view().unwrap();
    let rates = |name: &str| -> Vec<u32> {
        topology.widget(name).unwrap().input_formats().map(|format| format.rate).collect()
    };
    assert_eq!((rates("music"), rates("voice"), rates("mix")), (vec![16_000], vec![48_000], vec![48_000]));
    assert_eq!(topology.widget("src").unwrap().word(Token::SRC_RATE_OUT), Some(48_000));
    let error = parse(&two.replace("widget = \"music\"", "widget = \"mix\"")).unwrap_err().to_string();
    assert!(error.contains("no stream starts at a widget called `mix`"), "{error}");
}
