//! ARCHITECTURE.md and the house rules, held against what cargo and the sources say.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by unwrapping it")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

/// For each crate, by the name of its folder, those that it uses.
type Arrows = BTreeMap<String, BTreeSet<String>>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn packages() -> Vec<Package> {
    let mut command = MetadataCommand::new();
    command.current_dir(root()).no_deps().other_options(["--offline".to_owned()]);
    command.exec().unwrap().packages
}

fn folder(package: &Package) -> String {
    package.manifest_path.parent().and_then(|folder| folder.file_name()).unwrap().to_owned()
}

/// The arrows of the drawing: lines of `crate -> crate, crate      explanation`.
fn drawn() -> Arrows {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let drawing = text.split("```").nth(1).unwrap().to_owned();
    let mut arrows = Arrows::new();
    for (left, right) in drawing.lines().filter_map(|line| line.split_once("->")) {
        let name = left.split_whitespace().next_back().unwrap().to_owned();
        // Two blanks end the list; where there is none, they follow the arrow at once.
        let list = if right.starts_with("  ") { "" } else { right.trim_start().split("  ").next().unwrap() };
        let targets =
            list.split(',').map(|target| target.trim().to_owned()).filter(|target| !target.is_empty());
        arrows.insert(name, targets.collect());
    }
    arrows
}

/// The crates of the drawing; what is in `examples/` uses them from outside.
fn crates() -> Vec<Package> {
    let is_crate =
        |package: &Package| package.manifest_path.components().any(|part| part.as_str() == "crates");
    packages().into_iter().filter(is_crate).collect()
}

fn real() -> Arrows {
    let packages = crates();
    let folders: BTreeMap<&str, String> =
        packages.iter().map(|package| (package.name.as_str(), folder(package))).collect();
    let uses = |package: &Package| {
        let normal =
            package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
        normal.filter_map(|dependency| folders.get(dependency.name.as_str()).cloned()).collect()
    };
    packages.iter().map(|package| (folder(package), uses(package))).collect()
}

#[test]
fn the_arrows_of_architecture_md_are_those_of_the_crates() {
    let (drawn, real) = (drawn(), real());
    assert!(drawn.len() >= 18, "the drawing was not found: {drawn:?}");
    assert_eq!(drawn, real, "left: ARCHITECTURE.md, right: cargo metadata");
}

/// Crates with `std`; all others are for the chip, too.
const STD: [&str; 7] = ["topology", "audio", "driver", "explain", "desk", "cli", "testbench"];

/// Crates that may have `unsafe`.
const UNSAFE: [&str; 4] = ["vregion", "vregion-capi", "ring", "resample"];

#[test]
fn only_crates_of_the_desk_have_std_and_only_four_may_be_unsafe() {
    let real = real();
    let unknown: Vec<_> = STD.iter().chain(&UNSAFE).filter(|name| !real.contains_key(**name)).collect();
    assert!(unknown.is_empty(), "no such crates: {unknown:?}");
    for name in real.into_keys() {
        let source = std::fs::read_to_string(root().join("crates").join(&name).join("src/lib.rs")).unwrap();
        assert_eq!(source.contains("#![no_std]"), !STD.contains(&name.as_str()), "no_std of {name}");
        let forbids = source.contains("#![forbid(unsafe_code)]");
        assert_eq!(forbids, !UNSAFE.contains(&name.as_str()), "forbid(unsafe_code) of {name}");
        // `resample` only in its vector instructions; elsewhere its compiler says no.
        assert!(forbids || name != "resample" || source.contains("#![deny(unsafe_code)]"));
        let allocates = ["report", "resample"].contains(&name.as_str());
        assert!(!source.contains("extern crate alloc") || allocates, "{name} must not use alloc");
        // `resample` only where it is asked to.
        let guarded = source.contains("#[cfg(feature = \"alloc\")]\nextern crate alloc;");
        assert!(name != "resample" || guarded, "{name} allocates unasked");
    }
}

/// What tests share is for tests: a crate that ships would take it along.
#[test]
fn the_testbench_is_for_tests() {
    for package in packages() {
        let uses = package.dependencies.iter().filter(|it| it.name == "headroom-testbench");
        for dependency in uses {
            assert_eq!(dependency.kind, DependencyKind::Development, "{}", package.name);
        }
    }
    let testbench = packages().into_iter().find(|package| package.name.as_str() == "headroom-testbench");
    assert_eq!(testbench.unwrap().publish, Some(Vec::new()), "it is published");
}

#[test]
fn every_crate_says_what_it_is_for_and_has_the_common_lints() {
    for package in packages() {
        assert!(package.description.as_ref().is_some_and(|text| text.len() > 10), "{}", package.name);
        let manifest = std::fs::read_to_string(&package.manifest_path).unwrap();
        assert!(manifest.contains("[lints]\nworkspace = true"), "{}", package.name);
    }
}

/// What `cargo deny check licenses` would say, for machines that don't have it.
#[test]
fn every_dependency_has_an_allowed_licence() {
    let deny = std::fs::read_to_string(root().join("deny.toml")).unwrap();
    let deny: toml::Table = toml::from_str(&deny).unwrap();
    let allowed: Vec<spdx::Licensee> = deny["licenses"]["allow"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| spdx::Licensee::parse(name.as_str().unwrap()).unwrap())
        .collect();
    // Only what is built here: the sources of the others need not be on this machine.
    let rustc = std::process::Command::new("rustc").arg("-vV").output().unwrap();
    let version = String::from_utf8(rustc.stdout).unwrap();
    let here = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let options = ["--offline", "--filter-platform", here].map(str::to_owned);
    let metadata = MetadataCommand::new().current_dir(root()).other_options(options).exec();
    let packages = metadata.unwrap().packages;
    assert!(packages.len() > 50, "only {} packages were found", packages.len());
    for package in packages {
        let licence = package.license.unwrap_or_else(|| panic!("{} names no licence", package.name));
        let terms = spdx::Expression::parse_mode(&licence, spdx::ParseMode::LAX).unwrap();
        let accepted = terms.evaluate(|term| allowed.iter().any(|licensee| licensee.satisfies(term)));
        assert!(accepted, "{} has the licence {licence}, which deny.toml does not allow", package.name);
    }
}
