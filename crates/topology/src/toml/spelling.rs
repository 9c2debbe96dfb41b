//! What the TOML reader says about a key or value that it does not take, in words that a user knows.

use crate::near::near;

/// Where all keys and values are told.
const REFERENCE: &str = "see docs/topology-toml.md for all keys";

/// Names that people know from elsewhere, and what they are called here.
const OTHER_NAMES: [(&str, &str); 26] = [
    ("16", "S16"),
    ("S16_LE", "S16"),
    ("24", "S24_4"),
    ("S24", "S24_4"),
    ("S24_LE", "S24_4"),
    ("S24_4LE", "S24_4"),
    ("32", "S32"),
    ("S32_LE", "S32"),
    ("F32", "float"),
    ("FLOAT_LE", "float"),
    ("volume", "gain"),
    ("pga", "gain"),
    ("vol", "gain"),
    ("asrc", "src"),
    ("resampler", "src"),
    ("src_lite", "src-lite"),
    ("srclite", "src-lite"),
    ("host", "host-copier"),
    ("host_copier", "host-copier"),
    ("dai", "dai-copier"),
    ("dai_copier", "dai-copier"),
    ("buffer", "copier"),
    ("edf", "DP"),
    ("tone", "sine"),
    ("sinus", "sine"),
    ("sweep", "chirp"),
];

/// What the reader expects, and what a user would call it.
const TYPES: [(&str, &str); 9] = [
    ("u8", "a whole number from 0 to 255"),
    ("u32", "a whole number from 0 to 4294967295"),
    ("f64", "a number"),
    ("a string", "text in quotes"),
    ("string or table", "text in quotes"),
    ("a sequence", "a list"),
    ("a boolean", "true or false"),
    ("a map", "a table"),
    ("a table or a list of tables", "a table or a list of tables"),
];

/// What the reader has found, and what a user would call it.
const FOUND: [(&str, &str); 8] = [
    ("string", "text"),
    ("integer", "the number"),
    ("floating point", "the number"),
    ("boolean", "the value"),
    ("map", "a table"),
    ("table", "a table"),
    ("sequence", "a list"),
    ("character", "text"),
];

/// What is wrong and what to do, for this message of the reader about a place that begins with `place`.
pub(super) fn explain(message: &str, place: &str) -> (String, String) {
    let (what, advice) = if let Some((unknown, expected)) = named(message, "unknown field `") {
        (format!("there is no key `{unknown}` here"), choice("keys", unknown, &expected))
    } else if let Some((unknown, expected)) = named(message, "unknown variant `") {
        (format!("`{unknown}` is no value for this"), choice("values", unknown, &expected))
    } else if let Some((missing, _)) = named(message, "missing field `") {
        (format!("the key `{missing}` is missing"), String::new())
    } else if let Some((found, expected)) = mistaken(message) {
        let brackets = list_name(place).filter(|_| expected == "a list" && found == "a table");
        let advice = brackets.map(|name| format!("put its name into two brackets: `[[{name}]]`; "));
        (format!("{found} is where {expected} belongs"), advice.unwrap_or_default())
    } else {
        (message.to_owned(), String::new())
    };
    (what, format!("{advice}{REFERENCE}"))
}

/// The name behind `start`, and those that the reader lists behind it.
fn named<'m>(message: &'m str, start: &str) -> Option<(&'m str, Vec<&'m str>)> {
    let (name, rest) = message.strip_prefix(start)?.split_once('`')?;
    Some((name, rest.split('`').skip(1).step_by(2).collect()))
}

/// What was meant, or else what there is.
fn choice(what: &str, unknown: &str, expected: &[&str]) -> String {
    match meant(unknown, expected) {
        Some(name) => format!("did you mean `{name}`? "),
        None if expected.is_empty() => String::new(),
        None => format!("the {what} here are {}; ", expected.join(", ")),
    }
}

/// The name that was meant, if it is one of those that are expected here.
fn meant<'e>(unknown: &str, expected: &[&'e str]) -> Option<&'e str> {
    let spelt = expected.iter().find(|name| name.eq_ignore_ascii_case(unknown));
    let called = || OTHER_NAMES.iter().filter(|(other, _)| other.eq_ignore_ascii_case(unknown));
    let other = || called().find_map(|(_, name)| expected.iter().find(|expected| *expected == name));
    spelt.or_else(other).copied().or_else(|| near(unknown, expected.iter().copied()))
}

/// What stands there and what should, in words, of a value of the wrong type.
fn mistaken(message: &str) -> Option<(String, &'static str)> {
    let wrong = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "))?;
    let (found, expected) = wrong.rsplit_once(", expected ")?;
    let known = TYPES.iter().find(|(theirs, _)| *theirs == expected);
    // Structures of the reader are tables of the file.
    let expected = match known {
        Some((_, ours)) => *ours,
        None if expected.starts_with("struct ") => "a table",
        None => return None,
    };
    let (kind, ours) = FOUND.iter().find(|(kind, _)| found.starts_with(kind))?;
    let value = found.strip_prefix(kind).unwrap_or_default().replace('`', "");
    Some((format!("{ours}{value}"), expected))
}

/// The name of the table that a place begins with.
fn list_name(place: &str) -> Option<&str> {
    place.trim_start().strip_prefix('[')?.split(']').next().filter(|name| !name.starts_with('['))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_names_lead_to_ours_where_they_fit() {
        let samples = "expected one of `S16`, `S24_4`, `S32`, `float`";
        let cases = [
            ("S24", samples, Some("S24_4")),
            ("s32", samples, Some("S32")),
            ("F32", samples, Some("float")),
            ("volume", samples, None),
            ("volume", "expected one of `copier`, `gain`", Some("gain")),
            ("dp", "expected `LL` or `DP`", Some("DP")),
            ("noise", "expected `sine` or `chirp`", None),
        ];
        for (unknown, expected, name) in cases {
            let message = format!("unknown variant `{unknown}`, {expected}");
            let (unknown, expected) = named(&message, "unknown variant `").unwrap();
            assert_eq!(meant(unknown, &expected), name, "{unknown}");
        }
    }

    /// No word of the reader's library is left, and what is nearly a name leads to it.
    #[test]
    fn messages_are_in_the_words_of_a_topology() {
        let keys = "expected one of `heap_bytes`, `id`";
        let cases = [
            (
                format!("unknown field `heap_byts`, {keys}"),
                "there is no key `heap_byts` here",
                "did you mean `heap_bytes`?",
            ),
            (
                format!("unknown field `memory`, {keys}"),
                "there is no key `memory` here",
                "the keys here are heap_bytes, id;",
            ),
            (
                "unknown variant `mixot`, expected `mixin` or `mixout`".into(),
                "`mixot` is no value for this",
                "did you mean `mixout`?",
            ),
            ("missing field `kind`".into(), "the key `kind` is missing", ""),
            (
                "invalid type: string \"5\", expected u32".into(),
                "text \"5\" is where a whole number from 0 to 4294967295 belongs",
                "",
            ),
            (
                "invalid value: integer `-5`, expected u32".into(),
                "the number -5 is where a whole number from 0 to 4294967295 belongs",
                "",
            ),
            (
                "invalid type: map, expected a sequence".into(),
                "a table is where a list belongs",
                "`[[pipeline]]`",
            ),
            (
                "invalid type: integer `1`, expected struct PipelineEntry".into(),
                "the number 1 is where a table belongs",
                "",
            ),
        ];
        for (message, what, help) in cases {
            let (said, advice) = explain(&message, "[pipeline]\nid = 1");
            assert_eq!(said, what);
            assert!(advice.contains(help) && advice.ends_with(REFERENCE), "{advice}");
        }
    }
}
