//! The user's reference of topologies is true: no key is missing, and the example of topology files compiles.

use headroom_tplg::TokenEra;

use crate::support::{compile, parse};

const REFERENCE: &str = include_str!("../../../../docs/topology-toml.md");

/// What is refused as an unknown key is answered with those that are known.
#[test]
fn it_has_every_key() {
    let tables = [
        ("## The file", "unknown = 1"),
        ("## `[input]`", "name = \"\"\n[input]\nunknown = 1"),
        ("## `controls`", "name = \"\"\n[[widget]]\ncontrols = { unknown = 1 }"),
        ("## `[[pipeline]]`", "name = \"\"\n[[pipeline]]\nunknown = 1"),
        ("## `[[widget]]`", "name = \"\"\n[[widget]]\nunknown = 1"),
        ("## `dai`", "name = \"\"\n[[widget]]\ndai = { unknown = 1 }"),
        ("## `[[pcm]]`", "name = \"\"\n[[pcm]]\nunknown = 1"),
        ("## `[[route]]`", "name = \"\"\n[[route]]\nunknown = 1"),
    ];
    for (heading, text) in tables {
        let error = parse(text).unwrap_err();
        let said = miette::Diagnostic::help(&error).unwrap().to_string();
        let known = said.split_once("the keys here are ").unwrap_or_else(|| panic!("{said}")).1;
        let known = known.split(';').next().unwrap();
        let section = REFERENCE.split_once(&format!("{heading}\n")).unwrap().1.split("\n## ").next().unwrap();
        let keys: Vec<_> = known.split(", ").collect();
        assert!(keys.len() >= 2, "{said}");
        for key in keys {
            let named = [format!("`{key}`"), format!("`[{key}]`"), format!("`[[{key}]]`")];
            assert!(named.iter().any(|name| section.contains(name)), "`{key}` is missing under {heading}");
        }
    }
}

#[test]
fn the_example_of_topology_files_compiles() {
    let reference = include_str!("../../../../docs/topology-files.md");
    let example = reference.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let file = compile("example", example.to_owned()).unwrap();
    let topology = headroom_tplg::Topology::parse(&file).unwrap();
    let gain = topology.widget("gain.1.1").unwrap();
    assert_eq!(
        (gain.pipeline(), gain.memory(TokenEra::Guess).stack, gain.controls().count()),
        (1, Some(4096), 1)
    );
}
