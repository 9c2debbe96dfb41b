//! `headroom measure-src`: the table, the data and the picture of one conversion, word for word.

use serde_json::Value;

use crate::errors::fails;
use crate::support::{Bench, golden};

const ONE: [&str; 4] = ["measure-src", "--pair", "44100:48000", "--quality=lite"];

#[test]
fn the_table_of_one_conversion() {
    golden("measure-src.txt", &Bench::new().headroom(&ONE).well().out);
}

#[test]
fn the_json_of_one_conversion() {
    let bench = Bench::new();
    let out = bench.headroom(&[&ONE[..], &["--json"]].concat()).well().out;
    golden("measure-src.json", &out);
    assert_eq!(bench.headroom(&[&ONE[..], &["--json"]].concat()).well().out, out, "the same bytes each time");
}

#[test]
fn the_help() {
    golden("measure-src-help.txt", &Bench::new().headroom(&["measure-src", "--help"]).well().out);
}

/// Every field is in the reference, so that nobody has to guess what it means.
#[test]
fn the_reference_has_every_field() {
    let reference = include_str!("../../../../docs/resampling.md");
    let out = Bench::new().headroom(&[&ONE[..], &["--json"]].concat()).well().out;
    let figures: Value = serde_json::from_str(&out).unwrap();
    let Value::Object(top) = &figures else { panic!("{out}") };
    let Value::Object(one) = &top["conversions"][0] else { panic!("{out}") };
    let labels = ["measured", "declared", "modelled"].map(|label| one[label].as_object().unwrap());
    let mut keys: Vec<&String> = top.keys().chain(one.keys()).collect();
    keys.extend(labels.iter().flat_map(|label| label.keys()));
    keys.extend(labels[1]["stages"][0].as_object().unwrap().keys());
    assert!(keys.len() > 15, "{keys:?}");
    for key in keys {
        assert!(reference.contains(&format!("`{key}`")), "`{key}` is not in docs/resampling.md");
    }
}

#[test]
fn the_picture_is_the_same_each_time() {
    let bench = Bench::new();
    for name in ["a.svg", "b.svg"] {
        bench.headroom(&[&ONE[..], &["--plot", name]].concat()).well();
    }
    let picture = bench.read("a.svg");
    assert!(picture.starts_with(b"<svg") && picture == bench.read("b.svg"));
}

#[test]
fn wrong_use_is_told_with_a_way_out() {
    let bench = Bench::new();
    fails(&bench, &["measure-src", "--plot", "a.svg"], 2, &["--pair <FROM:TO>"]);
    fails(&bench, &["measure-src", "--pair", "48000"], 2, &["two rates with a colon between"]);
    fails(&bench, &["measure-src", "--pair", "48000:1"], 2, &["does not pass the tone of 997 Hz", "help:"]);
    let unknown = &["measure-src", "--pair", "48000:47999"];
    fails(&bench, unknown, 2, &["no standard conversion from 48000 Hz to 47999 Hz", "larger common divisor"]);
    let nowhere = [&ONE[..], &["--plot", "nowhere/a.svg"]].concat();
    fails(&bench, &nowhere, 3, &["can't write nowhere/a.svg", "in a folder that exists"]);
}
