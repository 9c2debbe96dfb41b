//! What an author of modules finds at the crate root: few names, so that all of them are read.

/// Names that a line of the root re-exports: `pub use path::{A, B};` or `pub use path::A;`.
fn names(line: &str) -> Vec<&str> {
    let path = line.trim_start_matches("pub use ").trim_end_matches(';');
    let list =
        path.split_once('{').map_or_else(|| path.rsplit("::").next(), |(_, list)| list.strip_suffix('}'));
    list.unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty()).collect()
}

#[test]
fn the_root_has_what_nearly_every_author_needs_and_no_more_than_15_names() {
    let source = include_str!("../src/lib.rs").replace(",\n    ", ", ").replace("{\n    ", "{");
    let exported: Vec<&str> = source.lines().filter(|line| line.starts_with("pub use ")).collect();
    let mut names: Vec<&str> = exported.iter().flat_map(|line| names(line)).collect();
    names.sort_unstable();
    let expected = [
        "Block",
        "Configure",
        "Format",
        "InitContext",
        "Input",
        "Module",
        "ModuleBox",
        "ModuleEntry",
        "ModuleError",
        "Output",
        "Payload",
        "Pins",
        "Prepare",
        "Process",
        "SampleFormat",
    ];
    assert_eq!(names, expected);
    assert!(names.len() <= 15);
    // Nothing public is defined at the root itself.
    let defined = source.lines().filter(|line| line.starts_with("pub ") && !line.starts_with("pub use "));
    assert!(defined.into_iter().all(|line| line.starts_with("pub mod ")));
}
