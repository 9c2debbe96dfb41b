//! The C header and the Rust functions are one interface: the same names, the same types, parameter by parameter.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what it expects by unwrapping it")]

/// Every source file that may have functions for C.
const SOURCES: [&str; 3] =
    [include_str!("../src/abi.rs"), include_str!("../src/log.rs"), include_str!("../src/platform.rs")];
const HEADER: &str = include_str!("../include/vregion.h");

/// Types of this interface, in Rust and in C.
const TYPES: [(&str, &str); 10] = [
    ("usize", "size_t"),
    ("*mut usize", "size_t *"),
    ("*mut uintptr_t", "uintptr_t *"),
    ("c_int", "int"),
    ("MemType", "enum vregion_mem_type"),
    ("*mut c_void", "void *"),
    ("*mut Vregion", "struct vregion *"),
    ("*const VregionProfile", "const struct vregion_profile *"),
    ("Option<LogHook>", "void (*)(int level, const char *message, size_t length)"),
    ("()", "void"),
];

/// One space where there were any, and none beside brackets.
fn tidy(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.replace("( ", "(").replace(" )", ")").replace(",)", ")")
}

/// The functions of a Rust file as C prototypes.
fn from_rust(source: &str) -> Vec<String> {
    let heads = source.split("#[unsafe(no_mangle)]").skip(1);
    heads.map(|head| prototype(&tidy(head.split_once('{').unwrap().0))).collect()
}

fn prototype(head: &str) -> String {
    let (_, function) = head.split_once("extern \"C\" fn ").unwrap();
    let (name, rest) = function.split_once('(').unwrap();
    let (parameters, result) = rest.rsplit_once(')').unwrap();
    let result = result.trim().strip_prefix("-> ").unwrap_or("()");
    let parameters = parameters.split(", ").map(|parameter| {
        let (name, kind) = parameter.split_once(": ").unwrap();
        declare(kind, name.trim_start_matches("r#"))
    });
    format!("{}({})", declare(result, name), parameters.collect::<Vec<_>>().join(", "))
}

/// A name with its C type around it.
fn declare(kind: &str, name: &str) -> String {
    let found = TYPES.iter().find(|(rust, _)| *rust == kind.trim());
    let (_, c) = found.unwrap_or_else(|| panic!("{name}: no C type for {kind}"));
    match c.split_once("(*)") {
        Some((before, after)) => format!("{before}(*{name}){after}"),
        None if c.ends_with('*') => format!("{c}{name}"),
        None => format!("{c} {name}"),
    }
}

/// The prototypes of the header.
fn from_header() -> Vec<String> {
    let mut code = String::new();
    for piece in HEADER.split("/*") {
        code.push_str(piece.split_once("*/").map_or(piece, |(_comment, code)| code));
    }
    let code: String =
        code.lines().filter(|line| !line.starts_with('#')).flat_map(|line| [line, " "]).collect();
    let declared = code.split(';').map(tidy).map(|text| text.replace("extern \"C\" { ", ""));
    declared.filter(|text| text.contains("vregion_") && text.ends_with(')') && !text.contains('{')).collect()
}

#[test]
fn header_and_library_declare_the_same_functions() {
    let mut rust: Vec<_> = SOURCES.iter().flat_map(|source| from_rust(source)).collect();
    let mut header = from_header();
    rust.sort();
    header.sort();
    assert!(rust.len() >= 15, "the functions were not found: {rust:#?}");
    assert_eq!(rust, header);
}

/// The text between two markers.
fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    text.split_once(start).unwrap().1.split_once(end).unwrap().0
}

#[test]
fn the_profile_has_the_same_fields_in_the_same_order() {
    let rust = between(SOURCES[2], "pub struct VregionProfile {", "\n}");
    let rust = rust.lines().filter_map(|line| Some(line.trim().strip_prefix("pub ")?.split_once(": ")?.0));
    let header = between(HEADER, "struct vregion_profile {", "\n}");
    let header = header.lines().filter(|line| line.ends_with(';')).map(|line| match line.split_once("(*") {
        Some((_, hook)) => hook.split_once(')').unwrap().0,
        None => line.trim_end_matches(';').rsplit_once(' ').unwrap().1,
    });
    let (rust, header): (Vec<_>, Vec<_>) = (rust.collect(), header.collect());
    assert_eq!(rust.len(), 5);
    assert_eq!(rust, header);
}

#[test]
fn no_function_for_c_is_in_a_file_that_is_not_compared() {
    let sources = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let count = |text: &str| text.matches("unsafe(no_mangle)").count();
    let files = std::fs::read_dir(sources).unwrap().map(|file| file.unwrap().path());
    let all: usize = files.map(|file| count(&std::fs::read_to_string(file).unwrap())).sum();
    assert_eq!(all, SOURCES.iter().map(|source| count(source)).sum::<usize>());
}
