//! Topology files as text and back: the same bytes, whatever they are, or a reason with its place.

use headroom_testbench::corpus;
use headroom_topology::Error;
use headroom_tplg::Topology;
use proptest::prelude::*;

use crate::support::{compile, decompile, golden};

#[path = "../../../tplg/tests/model/mod.rs"]
mod model;

/// The worked example of the specification, which `alsatplg` made: 4050 bytes.
const EXAMPLE: &[u8] = include_bytes!("../../../../fuzz/corpus/tplg_parse/worked-example");

fn there_and_back(file: &[u8]) -> Result<Vec<u8>, Error> {
    compile("decompiled", decompile("test.tplg", file)?)
}

#[test]
fn the_worked_example_says_all_that_it_has_by_names() {
    let text = decompile("test.tplg", EXAMPLE).unwrap();
    golden("worked-example.toml", &text);
    assert_eq!(compile("worked-example.toml", text).unwrap(), EXAMPLE);
}

/// Whatever a reader still takes is all in the text: bytes behind the ends of strings, arrays with more than their tuples,
/// unknown numbers. What it doesn't take is refused with its place.
#[test]
fn damaged_files_stay_as_they_are_or_are_refused() {
    let (mut same, mut refused) = (0, 0);
    for (place, change) in (0..EXAMPLE.len()).step_by(3).zip([0x01, 0x80, 0xff, 0x41].into_iter().cycle()) {
        let mut file = EXAMPLE.to_vec();
        file[place] ^= change;
        match (Topology::parse(&file), there_and_back(&file)) {
            (Ok(_), Ok(again)) => {
                assert!(again == file, "byte {place} with {:#04x} is lost", file[place]);
                same += 1;
            }
            (Err(expected), Err(Error::Bytes { error, .. })) => {
                assert_eq!(error, expected);
                refused += 1;
            }
            (parsed, outcome) => panic!("byte {place}: {parsed:?}, but {outcome:?}"),
        }
    }
    assert!(same > 500 && refused > 100, "{same} files were the same, {refused} refused");
}

#[test]
fn the_error_of_a_damaged_file_says_where() {
    let error = decompile("cut.tplg", &EXAMPLE[..1000]).unwrap_err();
    assert!(matches!(error, Error::Bytes { .. }), "{error}");
    assert_eq!(
        error.to_string(),
        "cut.tplg: byte 190: a block's payload needs 2584 bytes, but 810 are left; \
         the file is cut short: copy or compile it again"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_topology_becomes_text_and_the_same_bytes_again(seed in any::<u64>(), size in 1usize..8) {
        let described = model::described(seed, size);
        let mut file = vec![0; 1 << 20];
        let len = model::write(&described, &mut file).unwrap();
        file.truncate(len);
        let again = there_and_back(&file).unwrap();
        prop_assert!(again == file);
        let topology = Topology::parse(&again).unwrap();
        prop_assert_eq!(model::read(&topology), described.clone());
        model::manifest_counts(&topology, &described);
    }

    /// Text that nobody wrote: a complaint, or a file; never a panic.
    #[test]
    fn any_text_is_taken_or_refused(text in "(\\[\\[block(\\.widget|\\.array)?\\]\\]\n|type = (\"DAPM_WIDGET\"|\"word\"|5)\n|[a-z]{1,3} = [0-9'\\[\\]{}]{1,4}\n){0,6}") {
        match compile("test.toml", text) {
            Ok(file) => prop_assert!(file.is_empty() || Topology::parse(&file).is_ok()),
            Err(error) => prop_assert!(matches!(error, Error::Text { .. }), "{}", error),
        }
    }
}

#[test]
fn files_of_the_wild_become_text_and_the_same_bytes_again() {
    let Some(found) = corpus("tplg", "no file of the wild was read") else { return };
    let (mut lines, mut as_bytes, mut counted) = (0, 0, 0);
    for path in &found {
        let file = std::fs::read(path).unwrap();
        let text = decompile("wild", &file).unwrap();
        lines += text.lines().count();
        as_bytes += text.lines().filter(|line| line.starts_with("bytes =")).count();
        counted += usize::from(text.contains("_elems ="));
        let again = compile(&path.display().to_string(), text).unwrap_or_else(|error| panic!("{error:?}"));
        assert!(again == file, "{} becomes something else", path.display());
    }
    let count = found.len();
    println!(
        "{count} files are the same again: {lines} lines, {as_bytes} arrays as bytes, {counted} manifests miscount"
    );
}

/// A text that is right, for cases that change one thing.
const RIGHT: &str = r#"[[block]]
type = "DAPM_WIDGET"
index = 1
[[block.widget]]
type = "pga"
name = "gain"
[[block.widget.array]]
type = "word"
COMP_CORE_ID = 1
[[block.widget.array]]
type = "uuid"
COMP_UUID = "61bca9a8-18d0-4a18-8e7b-2639219804b7"
[[block.widget.control]]
type = "mixer"
num_channels = 2
channels = [{ size = 16 }]
"#;

/// What is changed, into what; the line of the complaint, what it says, and what it advises.
type Case = (&'static str, &'static str, usize, &'static str, &'static str);

const CASES: [Case; 18] = [
    ("\"DAPM_WIDGET\"", "\"WIDGET\"", 2, "no such type of blocks", "DAPM_WIDGET"),
    ("\"DAPM_WIDGET\"", "\"PCM\"", 4, "no key `widget` here", "pcm"),
    ("\"DAPM_WIDGET\"", "-1", 2, "goes from 0 to 4294967295", "choose"),
    ("index = 1", "indx = 1", 3, "no key `indx` here", "index"),
    ("\"pga\"", "\"gain\"", 5, "no such type of widgets", "pga"),
    ("type = \"pga\"", "id = 4", 4, "`type` is missing", "type = \"pga\""),
    ("type = \"pga\"", "type = \"pga\"\nid = 4", 6, "number is its `type`", "take `id` out"),
    ("name = \"gain\"", "nme = \"gain\"", 6, "no key `nme` here", "sname"),
    ("\"gain\"", "\"a name that is longer than a field of a topology\"", 6, "43 bytes of text", "fewer"),
    ("\"gain\"", "7", 6, "should be a text", "quotes"),
    ("\"word\"", "\"words\"", 8, "no type `words` of arrays", "uuid, string"),
    ("COMP_CORE_ID", "COMP_COR_ID", 9, "no token `COMP_COR_ID`", "tokens.h"),
    ("COMP_CORE_ID = 1", "COMP_CORE_ID = \"1\"", 9, "should be a whole number", "quotes"),
    ("61bca9a8-", "61bca9a-", 12, "this is no UUID", "dashes"),
    ("\"mixer\"", "\"mix\"", 14, "no type `mix` of controls", "mixer, bytes or enum"),
    ("num_channels = 2", "num_channels = 9", 13, "9 entries of a table of 8 are in use", "topology-files"),
    ("num_channels = 2", "info = 9", 13, "no control has the info operation 9", "topology-files"),
    ("[{ size = 16 }]", "[{}, {}, {}, {}, {}, {}, {}, {}, {}]", 16, "room for 8 entries, not for 9", "take"),
];

#[test]
fn complaints_say_where_and_what_to_do() {
    assert!(compile("test.toml", RIGHT.to_owned()).is_ok());
    for (old, new, line, what, help) in CASES {
        assert_eq!(RIGHT.matches(old).count(), 1, "`{old}` must be there once");
        let error = compile("test.toml", RIGHT.replace(old, new)).unwrap_err();
        let Error::Text { place, what: said, help: advice, .. } = &error else { panic!("{error}") };
        assert_eq!(*place, format!("test.toml:{line}"), "{said}");
        assert!(said.contains(what), "`{what}` is not in: {said}");
        assert!(advice.contains(help), "`{help}` is not in the help of `{said}`: {advice}");
    }
}

/// Shapes that a decompiled file rarely has.
#[test]
fn tokens_again_and_again_and_bytes_are_taken() {
    let text = "[[block]]\ntype = 5\n[[block.widget]]\ntype = 99\nname = { bytes = '6162 00 ff' }";
    let text = text.replace("ff' }", &format!("ff{}' }}", " 00".repeat(40)));
    let arrays = "\n[[block.widget.array]]\ntype = \"word\"\ntuples = [[\"COMP_CPC\", 1], [\"7\", 2], [\"COMP_CPC\", 3]]\n\
                  [[block.widget.array]]\ntype = \"bool\"\nSOF_TKN_COMP_NO_WNAME_IN_KCONTROL_NAME = [true, 0]\n\
                  [[block.widget.array]]\nbytes = '10000000 02000000 00000000 ffffffff'\n";
    let file = compile("test.toml", text + arrays).unwrap();
    let shown = decompile("test.tplg", &file).unwrap();
    for said in ["name = { bytes = '616200ff 0", "[\"COMP_CPC\", 1]", "= [true, false]", "bytes = '10000000"]
    {
        assert!(shown.contains(said), "`{said}` is missing:\n{shown}");
    }
    assert_eq!(compile("again", shown).unwrap(), file);
}
