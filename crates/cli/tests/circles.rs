//! No crate has files that name each other in a circle: whoever reads one file needs only those below it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by unwrapping it")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Circles that may stay: `crate: file file`. A slot finds its way back to the pages of its pool.
const ALLOWED: [&str; 1] = ["vregion: pages slot"];

/// The crates, by their folders.
fn crates() -> Vec<String> {
    let folders = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap();
    folders.map(|folder| folder.unwrap().file_name().into_string().unwrap()).collect()
}

/// For each module of a crate, by its path (`design::cascade`, or nothing for the root), its text without comments and unit tests.
type Files = BTreeMap<String, String>;

fn files(folder: &Path, path: &str, found: &mut Files) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        let name = entry.file_stem().unwrap().to_str().unwrap();
        let inner = if path.is_empty() { name.to_owned() } else { format!("{path}::{name}") };
        if entry.is_dir() {
            files(&entry, &inner, found);
        } else if entry.extension().is_some_and(|kind| kind == "rs") && name != "tests" {
            let text = std::fs::read_to_string(&entry).unwrap();
            let code: Vec<_> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            let code = code.join("\n");
            let code = code.split("#[cfg(test)]\nmod tests {").next().unwrap().to_owned();
            found.insert(if matches!(name, "lib" | "main" | "mod") { path.to_owned() } else { inner }, code);
        }
    }
}

/// Paths that `code` of module `here` names, from the root of the crate. Groups in braces are taken apart.
fn named(code: &str, here: &str) -> BTreeSet<String> {
    let parent = here.rsplit_once("::").map_or("", |(parent, _)| parent);
    let starts = [("crate::", ""), ("super::", parent), ("self::", here)];
    let mut paths = BTreeSet::new();
    for (word, base) in starts {
        for (at, _) in code.match_indices(word) {
            let rest = &code[at + word.len()..];
            let head = rest.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':').next().unwrap();
            let group = rest[head.len()..].strip_prefix('{').and_then(|group| group.split('}').next());
            let items: Vec<_> = group.map_or(vec![""], |group| group.split(',').map(str::trim).collect());
            let path = |item: &str| {
                [base, head.trim_end_matches("::"), item]
                    .iter()
                    .copied()
                    .filter(|part| !part.is_empty())
                    .collect::<Vec<_>>()
                    .join("::")
            };
            paths.extend(items.into_iter().map(path));
        }
    }
    paths
}

/// The modules that `here` uses. A name that the root gives on counts as the module that it comes from.
fn used(files: &Files, here: &str) -> BTreeSet<String> {
    let given_on = |name: &str| {
        let uses = files[""].split("use ").skip(1).filter_map(|line| line.split(';').next());
        let mut sources = uses.filter_map(|line| {
            line.rsplit_once("::").filter(|(_, names)| {
                names.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name)
            })
        });
        sources.next().map(|(module, _)| module.to_owned())
    };
    let mut modules = BTreeSet::new();
    for path in named(&files[here], here) {
        let path = if path.contains("::") || files.contains_key(&path) {
            path
        } else {
            given_on(&path).unwrap_or(path)
        };
        let mut prefix = Some(path.as_str());
        while let Some(known) = prefix.filter(|known| !files.contains_key(*known)) {
            prefix = known.rsplit_once("::").map(|(parent, _)| parent);
        }
        modules.extend(prefix.filter(|module| !module.is_empty() && *module != here).map(str::to_owned));
    }
    modules
}

/// Modules that reach each other, as `crate: file file`.
fn circles(name: &str) -> BTreeSet<String> {
    let mut found = Files::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name).join("src"), "", &mut found);
    let uses: BTreeMap<&String, BTreeSet<String>> =
        found.keys().map(|here| (here, used(&found, here))).collect();
    let reached = |from: &String| {
        let (mut reached, mut left) = (BTreeSet::new(), vec![from]);
        while let Some(next) = left.pop() {
            left.extend(uses[next].iter().filter(|module| reached.insert((*module).clone())));
        }
        reached
    };
    let reach: BTreeMap<&String, BTreeSet<String>> = found.keys().map(|here| (here, reached(here))).collect();
    let circle = |here: &&String| {
        let back: Vec<_> =
            reach[*here].iter().filter(|other| reach[other].contains(*here)).map(String::as_str).collect();
        format!("{name}: {}", back.join(" "))
    };
    found.keys().filter(|here| reach[*here].contains(*here)).map(|here| circle(&here)).collect()
}

#[test]
fn files_do_not_name_each_other_in_circles() {
    let all: BTreeSet<String> = crates().iter().flat_map(|name| circles(name)).collect();
    assert_eq!(all, ALLOWED.map(str::to_owned).into());
}

#[test]
fn a_circle_is_found_however_it_is_written() {
    let texts = [
        ("", "pub use one::{First, Other};\npub use two::Second;"),
        ("one", "use super::three::Third;"),
        ("two", "use crate::{First, four};"),
        ("three", "fn third() -> crate::Second { }"),
        ("four", "// use crate::two;"),
    ];
    let files: Files = texts.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
    let used = |here: &str| used(&files, here).into_iter().collect::<Vec<_>>();
    assert_eq!(
        (used("one"), used("two"), used("three")),
        (vec!["three".into()], vec!["four".into(), "one".into()], vec!["two".to_owned()])
    );
}
