//! What the TOML reader says about a key or value that it does not take, in words that a user knows.

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

/// Types of the reader's, and what a user would call them.
const TYPES: [(&str, &str); 4] = [
    ("expected u8", "expected a whole number from 0 to 255"),
    ("expected u32", "expected a whole number from 0 to 4294967295"),
    ("expected f64", "expected a number"),
    ("expected a string", "expected text in quotes"),
];

/// What is wrong and what to do, for this message of the reader.
pub(super) fn explain(message: &str) -> (String, String) {
    let what = TYPES.iter().find(|(theirs, _)| message.ends_with(theirs));
    let what = what.map_or_else(|| message.to_owned(), |(theirs, ours)| message.replace(theirs, ours));
    let help = match meant(message) {
        Some(name) => format!("did you mean `{name}`? {REFERENCE}"),
        None => REFERENCE.to_owned(),
    };
    (what, help)
}

/// The name that was meant, if it is one of those that are expected here.
fn meant(message: &str) -> Option<&str> {
    let (unknown, expected) = message.strip_prefix("unknown variant `")?.split_once('`')?;
    let expected = || expected.split('`').skip(1).step_by(2);
    let spelt = expected().find(|name| name.eq_ignore_ascii_case(unknown));
    let called = || OTHER_NAMES.iter().filter(|(other, _)| other.eq_ignore_ascii_case(unknown));
    spelt.or_else(|| called().find_map(|&(_, name)| expected().find(|&expected| expected == name)))
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
            assert_eq!(meant(&format!("unknown variant `{unknown}`, {expected}")), name, "{unknown}");
        }
        assert_eq!(meant("missing field `name`"), None);
    }

    #[test]
    fn types_are_told_in_words() {
        let (what, help) = explain("invalid type: string \"5\", expected u32");
        assert_eq!(what, "invalid type: string \"5\", expected a whole number from 0 to 4294967295");
        assert_eq!(help, REFERENCE);
    }
}
