//! Text under way: headings, lines, and records that say only what is not as usual.

use headroom_module::ModuleEntry;
use headroom_tplg::records::{Name, Record};

use super::hex;
use super::tree::{Fields, Leaf, Node, tree};

/// Records of up to so many fields stand on one line.
const SHORT: usize = 4;

/// A key with its value, and a remark behind it or nothing.
pub(super) struct Line {
    key: &'static str,
    value: String,
    remark: String,
}

impl Line {
    pub(super) fn new(key: &'static str, value: String, remark: String) -> Self {
        Self { key, value, remark }
    }
}

/// Text under way.
pub(super) struct Page<'m> {
    text: String,
    modules: &'m [ModuleEntry],
}

impl<'m> Page<'m> {
    pub(super) fn new(head: String, modules: &'m [ModuleEntry]) -> Self {
        Self { text: head, modules }
    }

    /// The table that modules are looked up in.
    pub(super) fn modules(&self) -> &'m [ModuleEntry] {
        self.modules
    }

    pub(super) fn text(self) -> String {
        self.text
    }

    /// Starts an entry of the list of tables at `path`.
    pub(super) fn heading(&mut self, path: &str, remark: &str) {
        self.text += &format!("\n[[{path}]]{}\n", behind(remark));
    }

    /// A line of the entry.
    pub(super) fn line(&mut self, key: &str, value: &str, remark: &str) {
        self.text += &format!("{key} = {value}{}\n", behind(remark));
    }

    /// The fields of `record`, which is the entry at `path`, as far as they differ from those of `usual`; between
    /// those that stand on lines and those that are tables of their own, `lines`.
    pub(super) fn record<R: Record>(
        &mut self,
        path: &str,
        (record, usual): (&mut R, &mut R),
        lines: &[Line],
    ) {
        let (fields, usual) = (tree(record), tree(usual));
        let pairs = || fields.iter().zip(&usual).filter(|((_, node), (_, usual))| node != usual);
        for ((name, node), _) in pairs().filter(|((_, node), _)| !is_tables(node)) {
            self.line(name, &inline(node), &super::remarks::field(name, node));
        }
        for Line { key, value, remark } in lines {
            self.line(key, value, remark);
        }
        for ((name, node), (_, usual)) in pairs() {
            if let (true, Node::List(entries), Node::List(usual)) = (is_tables(node), node, usual) {
                for entry in entries.iter().take(used(entries, usual)) {
                    self.table(&format!("{path}.{name}"), entry, usual.first());
                }
            }
        }
    }

    fn table(&mut self, path: &str, entry: &Node, usual: Option<&Node>) {
        self.heading(path, "");
        let (Node::Table(fields), Some(Node::Table(usual))) = (entry, usual) else { return };
        for ((name, node), _) in fields.iter().zip(usual).filter(|((_, node), (_, usual))| node != usual) {
            self.line(name, &inline(node), &super::remarks::field(name, node));
        }
    }
}

/// Two blanks and a remark, or nothing.
fn behind(remark: &str) -> String {
    if remark.is_empty() { String::new() } else { format!("  # {remark}") }
}

/// Whether this becomes a list of tables with headings of their own.
fn is_tables(node: &Node) -> bool {
    let Node::List(entries) = node else { return false };
    matches!(entries.first(), Some(Node::Table(fields)) if fields.len() > SHORT)
}

/// Entries up to the last one that says something.
fn used(entries: &[Node], usual: &[Node]) -> usize {
    let differs = entries.iter().zip(usual).rposition(|(entry, usual)| entry != usual);
    differs.map_or(0, |last| last + 1)
}

/// A value on one line; a list of tables on one for each.
fn inline(node: &Node) -> String {
    match node {
        Node::Leaf(leaf) => value(leaf),
        Node::Table(fields) => table(fields),
        Node::List(entries) => {
            let silent: Vec<Node> = entries.iter().map(blank).collect();
            let entries = &entries[..used(entries, &silent)];
            match entries.first() {
                Some(Node::Table(_)) => {
                    let lines: String =
                        entries.iter().map(|entry| format!("    {},\n", inline(entry))).collect();
                    format!("[\n{lines}]")
                }
                _ => format!("[{}]", entries.iter().map(inline).collect::<Vec<_>>().join(", ")),
            }
        }
    }
}

/// The same field with nothing in it, as all fields in lists and in tables are at first.
fn blank(node: &Node) -> Node {
    match node {
        Node::Leaf(Leaf::Number { min, max, .. }) => {
            Node::Leaf(Leaf::Number { value: 0, min: *min, max: *max })
        }
        Node::Leaf(Leaf::Text(_)) => Node::Leaf(Leaf::Text(Name::EMPTY)),
        Node::List(entries) => Node::List(entries.iter().map(blank).collect()),
        Node::Table(fields) => Node::Table(fields.iter().map(|(name, node)| (*name, blank(node))).collect()),
    }
}

fn table(fields: &Fields) -> String {
    let field =
        |(name, node): &(&str, Node)| (blank(node) != *node).then(|| format!("{name} = {}", inline(node)));
    match fields.iter().filter_map(field).collect::<Vec<_>>().join(", ").as_str() {
        "" => "{}".to_owned(),
        fields => format!("{{ {fields} }}"),
    }
}

fn value(leaf: &Leaf) -> String {
    match leaf {
        Leaf::Number { value, .. } => value.to_string(),
        Leaf::Text(name) => self::name(name),
    }
}

/// A string field: its text, or all bytes where there are some behind its end.
pub(super) fn name(name: &Name) -> String {
    match Name::new(name.as_str()) {
        Some(plain) if plain == *name => quoted(name.as_str()),
        _ => format!("{{ bytes = '{}' }}", hex::line(name.bytes())),
    }
}

/// A text in quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            control if control.is_control() => quoted += &format!("\\u{:04X}", u32::from(control)),
            other => quoted.push(other),
        }
    }
    quoted + "\""
}
