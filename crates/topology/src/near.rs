//! Which of the names that there are was meant by one that is nearly it.

/// The first of `names` that is `typed` but for one character: another one, one too many, one too few, or two in each other's
/// place. Capitals don't count.
pub(crate) fn near<'n>(typed: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let letters = |word: &str| word.to_lowercase().chars().collect::<Vec<_>>();
    let typed = letters(typed);
    names.into_iter().find(|name| is_near(&typed, &letters(name)))
}

/// ``did you mean `NAME`? ``, to stand before other advice, or nothing where nothing is near.
pub(crate) fn meant<'n>(typed: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    near(typed, names).map_or_else(String::new, |name| format!("did you mean `{name}`? "))
}

fn is_near(one: &[char], other: &[char]) -> bool {
    let same = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[same..], &other[same..]);
    match (one, other) {
        ([], [_] | []) | ([_], []) => true,
        ([_, one @ ..], [_, other @ ..]) if one == other => true,
        ([_, behind @ ..], other) if behind == other => true,
        (one, [_, behind @ ..]) if behind == one => true,
        ([a, b, one @ ..], [c, d, other @ ..]) => (a, b) == (d, c) && one == other,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_character_is_another_or_too_many_or_too_few_or_in_the_wrong_place() {
        let names = ["heap_bytes", "mixout", "mixin", "S32"];
        let cases = [
            ("heap_byts", Some("heap_bytes")),
            ("heap_bytess", Some("heap_bytes")),
            ("heap_bytse", Some("heap_bytes")),
            ("Heap_Bytes", Some("heap_bytes")),
            ("mixot", Some("mixout")),
            ("nixin", Some("mixin")),
            ("ixin", Some("mixin")),
            ("S3", Some("S32")),
            ("S16", None),
            ("heap", None),
            ("heap_byt", None),
            ("", None),
        ];
        for (typed, name) in cases {
            assert_eq!(near(typed, names), name, "{typed}");
        }
    }
}
