//! Which formats are chosen, and what is said where none fits.

use headroom_driver::Side;
use headroom_testbench::draft::{Draft, NOBODYS, Wave, capture, node, plain, playback, wave};
use headroom_tplg::{Token, WidgetKind};

use crate::support::{error, has, nothing, open};

/// The formats at the source and at the sink.
fn opened(draft: &Draft) -> [String; 2] {
    let setup = open(draft, &nothing()).unwrap();
    let [source, sink] = &setup.ends[..] else { panic!("{:?}", setup.ends) };
    assert_eq!((source.side, sink.side), (Side::Source, Side::Sink));
    [source.format.to_string(), sink.format.to_string()]
}

#[test]
fn the_first_format_of_the_host_that_goes_through_opens_it() {
    let mut draft = playback(Vec::new());
    let both = [wave(44_100, 16), wave(48_000, 16)];
    draft.edit("host").waves(&both);
    draft.edit("dai").waves(&both);
    assert_eq!(opened(&draft), ["44100 Hz, 2 ch, S16", "44100 Hz, 2 ch, S16"]);
    draft.edit("dai").waves(&[wave(48_000, 16), wave(96_000, 16)]);
    assert_eq!(opened(&draft), ["48000 Hz, 2 ch, S16", "48000 Hz, 2 ch, S16"]);
}

/// A DAI opens as the front end, but for what all its formats agree on.
#[test]
fn the_dai_narrows_the_front_ends_format() {
    let mut draft = playback(Vec::new());
    draft.edit("host").waves(&[wave(48_000, 16), wave(48_000, 32)]);
    draft.edit("dai").inputs = vec![wave(48_000, 16), wave(48_000, 32)];
    draft.edit("dai").outputs = vec![wave(48_000, 32), wave(96_000, 32)];
    assert_eq!(opened(&draft), ["48000 Hz, 2 ch, S16", "48000 Hz, 2 ch, S32"]);
    let mut draft = capture(Vec::new());
    draft.edit("host").waves(&[wave(48_000, 16), wave(48_000, 32)]);
    draft.edit("dai").inputs = vec![wave(48_000, 32), wave(16_000, 32)];
    draft.edit("dai").outputs = vec![wave(48_000, 32), wave(48_000, 16)];
    assert_eq!(opened(&draft), ["48000 Hz, 2 ch, S32", "48000 Hz, 2 ch, S16"]);
}

#[test]
fn a_widget_whose_formats_do_not_fit_is_named_with_what_came() {
    let gain = || node("gain", WidgetKind::Pga, "gain", 1);
    let two = [wave(96_000, 32), wave(192_000, 32)];
    let mut inputs = gain();
    inputs.inputs = two.to_vec();
    let said = error(&playback(vec![inputs]), &nothing());
    has(&said, &["test.tplg: widget `gain`", "none of its input formats is 48000 Hz, 2 ch, 32 bits"]);
    let mut outputs = gain();
    outputs.outputs = two.to_vec();
    let said = error(&playback(vec![outputs]), &nothing());
    has(
        &said,
        &["widget `gain`", "none of its output formats is 48000 Hz, 2 ch, 32 bits", "add that output"],
    );
    let mut none = gain();
    none.waves(&[]);
    let said = error(&playback(vec![none]), &nothing());
    has(&said, &["widget `gain`", "it has no audio formats", "give it an input and an output"]);
}

/// Of several inputs the one at the first pin says what comes, not the first route of the file.
#[test]
fn the_first_pin_says_what_comes() {
    let mut narrow = node("narrow", WidgetKind::Buffer, "copier", 1);
    narrow.outputs = vec![wave(48_000, 16)];
    let mut both = node("both", WidgetKind::Effect, "gain", 1);
    both.uuid = Some(NOBODYS);
    both.inputs = vec![wave(96_000, 32), wave(192_000, 32)];
    both.words(&[(Token::COMP_NUM_INPUT_PINS, 2)]);
    both.text(Token::COMP_INPUT_PIN_BINDING_WNAME, "wide");
    both.text(Token::COMP_INPUT_PIN_BINDING_WNAME, "narrow");
    let mut draft = playback(vec![narrow, both]);
    draft.edit("host").words(&[(Token::COMP_NUM_OUTPUT_PINS, 2)]);
    draft.widgets.push(node("wide", WidgetKind::Buffer, "copier", 1));
    draft.route("host", "wide");
    draft.route("wide", "both");
    has(&error(&draft, &nothing()), &["`both`", "none of its input formats is 48000 Hz, 2 ch, 32 bits"]);
}

/// Formats for other pins, and those beyond the announced number, are not looked at.
#[test]
fn formats_that_do_not_count() {
    let mut gain = node("gain", WidgetKind::Pga, "gain", 1);
    gain.inputs = vec![wave(96_000, 32), Wave { pin: 1, ..plain() }];
    has(&error(&playback(vec![gain.clone()]), &nothing()), &["none of its input formats"]);
    gain.inputs = vec![wave(96_000, 32), plain()];
    assert!(open(&playback(vec![gain.clone()]), &nothing()).is_ok());
    gain.words(&[(Token::COMP_NUM_INPUT_AUDIO_FORMATS, 1)]);
    // The only one is taken whatever comes: what it makes of that is the module's.
    let setup = open(&playback(vec![gain]), &nothing()).unwrap();
    assert_eq!(setup.parts.iter().map(|part| part.block_ms).collect::<Vec<_>>(), [1, 1, 1]);
}

/// A rate that the PCM does not offer is not opened, though the host copier has it.
#[test]
fn rates_of_the_pcm() {
    let (bit_44100, bit_48000, any) = (1 << 6, 1 << 7, 1 << 30);
    let mut draft = playback(Vec::new());
    for name in ["host", "dai"] {
        draft.edit(name).waves(&[wave(44_100, 16), wave(48_000, 16)]);
    }
    for (rates, rate) in [(0, 44_100), (bit_44100 | bit_48000, 44_100), (bit_48000, 48_000), (any, 44_100)] {
        draft.devices[0].rates = rates;
        assert_eq!(opened(&draft)[0], format!("{rate} Hz, 2 ch, S16"), "{rates:#x}");
    }
    draft.devices[0].rates = 1;
    has(&error(&draft, &nothing()), &["`host` has none of the formats that the PCM offers"]);
}

#[test]
fn a_pcm_that_offers_none_of_the_hosts_formats() {
    let mut draft = playback(Vec::new());
    draft.edit("host").waves(&[Wave { channels: 9, ..plain() }]);
    has(&error(&draft, &nothing()), &["`host` has none of the formats that the PCM offers", "add one"]);
    draft.edit("host").waves(&[Wave { pin: 1, ..plain() }]);
    has(&error(&draft, &nothing()), &["none of the formats that the PCM offers"]);
}

/// What no file can hold is told before anything is sent.
#[test]
fn ends_that_can_not_be_played() {
    for odd in [Wave { channels: 9, ..plain() }, Wave { valid: 20, ..plain() }] {
        let mut draft = playback(Vec::new());
        draft.edit("dai").waves(&[odd]);
        has(
            &error(&draft, &nothing()),
            &["widget `dai`: its 48000 Hz", "can't be played", "give the widget a format"],
        );
    }
}

#[test]
fn formats_that_are_announced_and_not_there() {
    let mut draft = playback(vec![node("gain", WidgetKind::Pga, "gain", 1)]);
    draft.edit("gain").words(&[(Token::COMP_NUM_INPUT_AUDIO_FORMATS, 3)]);
    has(&error(&draft, &nothing()), &["widget `gain`: it announces 3 audio formats", "has 1", "415 or 416"]);
    let mut draft = playback(vec![node("gain", WidgetKind::Pga, "gain", 1)]);
    draft.edit("gain").outputs.clear();
    has(&error(&draft, &nothing()), &["widget `gain`: it has no audio formats"]);
}

#[test]
fn a_converter_for_playback_has_one_output() {
    let mut src = node("src", WidgetKind::Src, "src", 1);
    src.inputs = vec![wave(44_100, 32)];
    src.words(&[(Token::SRC_RATE_OUT, 48_000)]);
    let mut draft = playback(vec![src]);
    draft.edit("host").waves(&[wave(44_100, 32)]);
    assert_eq!(opened(&draft), ["44100 Hz, 2 ch, S32", "48000 Hz, 2 ch, S32"]);
    draft.edit("src").outputs.push(wave(96_000, 32));
    has(&error(&draft, &nothing()), &["widget `src`", "one output format, this one has 2"]);
}
