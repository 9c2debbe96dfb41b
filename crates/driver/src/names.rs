//! What the topology calls components: the runtime knows ids only, users know names only.

use headroom_module::instance::ComponentId;

/// Widgets by component id.
#[derive(Clone, Debug)]
pub struct Names(Vec<(ComponentId, String)>);

impl Names {
    /// Widgets with their ids.
    pub fn new<'a>(widgets: impl Iterator<Item = (&'a str, ComponentId)>) -> Self {
        Self(widgets.map(|(name, id)| (id, name.to_owned())).collect())
    }

    /// All of them.
    pub fn list(&self) -> &[(ComponentId, String)] {
        &self.0
    }

    /// The name of `id`; its number where nothing is called so.
    pub fn of(&self, id: ComponentId) -> String {
        self.known(id.word()).map_or_else(|| id.to_string(), str::to_owned)
    }

    /// `text` with names in place of component ids: `module 0x7` and `0x7` become `` `src` ``. Other numbers in base 16 are
    /// called ids of something (`node id 0x7`) and stay.
    pub fn translate(&self, text: &str) -> String {
        let mut said = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("0x") {
            let end = after.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(after.len());
            let (digits, following) = after.split_at(end);
            let name = u32::from_str_radix(digits, 16).ok().and_then(|word| self.known(word));
            match name.filter(|_| !before.ends_with("id ")) {
                Some(name) => {
                    said.push_str(before.strip_suffix("module ").unwrap_or(before));
                    said.extend(["`", name, "`"]);
                }
                None => said.extend([before, "0x", digits]),
            }
            rest = following;
        }
        said + rest
    }

    /// The name of the widget whose id is this word; none where nothing is called so.
    pub fn known(&self, word: u32) -> Option<&str> {
        self.0.iter().find(|(id, _)| id.word() == word).map(|(_, name)| name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_become_names_and_other_numbers_stay() {
        let (id, mic) = (ComponentId::new(7, 1), ComponentId::new(7, 2));
        let names = Names(vec![(id, "src".to_owned()), (mic, "mic".to_owned())]);
        let cases = [
            ("module 0x10007 failed", "`src` failed"),
            (
                "region of 4 B for module 0x10007, as the message says",
                "region of 4 B for `src`, as the message says",
            ),
            ("0x10007 and 0x20007 are both DP", "`src` and `mic` are both DP"),
            ("module 0x7 and module 0x100070", "module 0x7 and module 0x100070"),
            ("no gateway has the node id 0x10007", "no gateway has the node id 0x10007"),
            ("the input 0 of module 0x10007", "the input 0 of `src`"),
            ("0x, 0xfffffffff, 0x10007", "0x, 0xfffffffff, `src`"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(names.translate(text), expected);
        }
        assert_eq!((names.of(id), names.of(ComponentId::new(7, 0))), ("src".to_owned(), "0x7".to_owned()));
    }
}
