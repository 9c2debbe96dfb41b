//! Other values for tokens: in several widgets, in all of a kind, new ones too, and units.

use headroom_topology::{Edit, set};
use headroom_tplg::{Token, Topology};

use crate::support::{bundled, compile};

fn file() -> Vec<u8> {
    compile("playback-src.toml", bundled("playback-src.toml")).unwrap()
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|&word| word.to_owned()).collect()
}

/// Sets these, as `token=value`, and says what changed, or what is wrong.
fn apply(
    file: &mut Vec<u8>,
    widgets: &[&str],
    all: Option<&str>,
    settings: &[&str],
) -> Result<Vec<String>, String> {
    let settings: Vec<_> = settings.iter().filter_map(|setting| setting.split_once('=')).collect();
    let settings: Vec<_> = settings.into_iter().map(|(token, value)| (token.into(), value.into())).collect();
    let edit = Edit { widgets: &words(widgets), all, settings: &settings };
    match set("test.tplg", file, &edit) {
        Ok(changes) => {
            Ok(changes.iter().map(|c| format!("{} {} {} > {}", c.widget, c.token, c.old, c.new)).collect())
        }
        Err(error) => Err(format!("{error}; {}", miette::Diagnostic::help(&error).unwrap())),
    }
}

fn word(file: &[u8], widget: &str, token: Token) -> Option<u32> {
    Topology::parse(file).unwrap().widget(widget).unwrap().word(token)
}

/// A token that a widget doesn't have is added behind its others, and nothing else changes.
#[test]
fn missing_tokens_are_added() {
    let before = file();
    let mut after = before.clone();
    assert_eq!(word(&before, "host", Token::COMP_CPC), None);
    let changes = apply(&mut after, &["host"], None, &["COMP_CPC=7"]).unwrap();
    assert_eq!(changes, ["host COMP_CPC (not set) > 7"]);
    assert_eq!(word(&after, "host", Token::COMP_CPC), Some(7));
    assert_eq!(after.len(), before.len() + 20);
    let old = Topology::parse(&before).unwrap();
    let new = Topology::parse(&after).unwrap();
    assert_eq!(old.widgets().count(), new.widgets().count());
    for (old, new) in old.widgets().zip(new.widgets()).filter(|(old, _)| old.name() != "host") {
        assert!(old.tuples().bytes() == new.tuples().bytes(), "{}", old.name());
        assert_eq!(old.controls().count(), new.controls().count());
    }
    new.check().unwrap();
    // Formats are several tokens that go together.
    let refused = apply(&mut after, &["host"], None, &["CAVS_AUDIO_FORMAT_INPUT_PIN_INDEX=1"]).unwrap_err();
    assert!(refused.contains("CAVS_AUDIO_FORMAT_INPUT_PIN_INDEX"), "{refused}");
}

/// Several widgets, all of a kind, and all of a module (15); each once.
#[test]
fn several_widgets_are_set_at_once() {
    let mut file = file();
    let changes = apply(&mut file, &["host", "speaker", "host"], None, &["core=1"]).unwrap();
    assert_eq!(changes, ["host core 0 > 1", "speaker core 0 > 1"]);
    assert_eq!(apply(&mut file, &["src"], Some("src"), &["core=2"]).unwrap(), ["src core 0 > 2"]);
    let copiers = apply(&mut file, &[], Some("copier"), &["core=3"]).unwrap();
    assert_eq!(copiers, ["host core 1 > 3", "speaker core 1 > 3"]);
    let unknown = apply(&mut file, &[], Some("flux"), &["core=3"]).unwrap_err();
    assert!(unknown.contains("no widget of the kind `flux`") && unknown.contains("aif_in"), "{unknown}");
    let near = apply(&mut file, &["hots"], None, &["core=3"]).unwrap_err();
    assert!(near.contains("did you mean `host`?"), "{near}");
    let near = apply(&mut file, &["host"], None, &["heep=3"]).unwrap_err();
    assert!(near.contains("did you mean `heap`?"), "{near}");
}

/// Bytes are counted in 1024 and rates in 1000.
#[test]
fn values_have_the_units_of_their_tokens() {
    let mut file = file();
    apply(&mut file, &["src"], None, &["heap=32k", "stack=0x1000", "SRC_RATE_OUT=96k"]).unwrap();
    assert_eq!(word(&file, "src", Token::COMP_HEAP_BYTES_REQUIREMENT), Some(32_768));
    assert_eq!(word(&file, "src", Token::COMP_STACK_BYTES_REQUIREMENT), Some(4096));
    assert_eq!(word(&file, "src", Token::SRC_RATE_OUT), Some(96_000));
    apply(&mut file, &["src"], None, &["heap=1M"]).unwrap();
    assert_eq!(word(&file, "src", Token::COMP_HEAP_BYTES_REQUIREMENT), Some(1 << 20));
    for wrong in ["heap=32g", "heap=k", "heap=4096M", "core=1k", "heap=é"] {
        let before = file.clone();
        assert!(apply(&mut file, &["src"], None, &[wrong]).unwrap_err().contains("is no value"), "{wrong}");
        assert!(file == before);
    }
}
