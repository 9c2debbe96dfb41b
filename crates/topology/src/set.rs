//! Other values for tokens of widgets, in place: no other byte of the file changes, but for what a new token takes.

use std::collections::BTreeSet;

use headroom_tplg::patch::{PatchError, set_text, set_uuid, set_word};
use headroom_tplg::tuples::{TupleType, Uuid, Value};
use headroom_tplg::{Heap, Token, TokenEra, Topology, Widget, WidgetKind};

use crate::error::Error;
use crate::near::meant;
use crate::records::{token_named, uuid};

/// A token of a widget that got another value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The widget.
    pub widget: String,
    /// The token, as it was called.
    pub token: String,
    /// What it was; `(not set)` where it is new.
    pub old: String,
    /// What it is.
    pub new: String,
}

/// Which widgets are changed, and how.
#[derive(Clone, Copy, Debug)]
pub struct Edit<'e> {
    /// Widgets by their names.
    pub widgets: &'e [String],
    /// And all of a kind, which is that of the widget (`pga`) or the name of its module (`gain`).
    pub all: Option<&'e str>,
    /// Tokens with their values. Tokens are called `stack`, `heap`, `lifetime`, `interim`, `domain` and `core`, or as in
    /// [`decompile`](crate::decompile)'s text. Bytes may have `k` or `M` behind them, which are 1024 and its square; rates `k`,
    /// which is 1000.
    pub settings: &'e [(String, String)],
}

/// Gives tokens of widgets other values, in the topology file `file`, which is called `name` in errors. A token that a widget
/// doesn't have is added to it, but for those of formats, which go together.
///
/// # Errors
/// The file is no topology, there is no such widget or token, or the value doesn't fit it. The file is then as before.
pub fn set(name: &str, file: &mut Vec<u8>, edit: &Edit<'_>) -> Result<Vec<Change>, Error> {
    let mut patched = file.clone();
    let mut changes = Vec::new();
    for widget in widgets(name, file, edit)? {
        for (key, value) in edit.settings {
            changes.push(Setting { name, widget: &widget, key, value }.apply(&mut patched)?);
        }
    }
    *file = patched;
    Ok(changes)
}

/// The widgets that are meant, each once.
fn widgets(name: &str, file: &[u8], edit: &Edit<'_>) -> Result<Vec<String>, Error> {
    let topology = Topology::parse(file).map_err(|error| Error::Bytes { name: name.to_owned(), error })?;
    let mut widgets = edit.widgets.to_vec();
    if let Some(kind) = edit.all {
        let of_kind = topology.widgets().filter(|widget| is_of(widget, kind));
        let of_kind: Vec<_> = of_kind.map(|widget| widget.name().to_owned()).collect();
        if of_kind.is_empty() {
            let kinds: BTreeSet<_> = topology.widgets().map(|widget| widget.kind().to_string()).collect();
            let kinds = kinds.into_iter().collect::<Vec<_>>().join(", ");
            return Err(fault(
                format!("{name} has no widget of the kind `{kind}`"),
                format!("its kinds are {kinds}"),
            ));
        }
        widgets.extend(of_kind);
    }
    let mut seen = BTreeSet::new();
    widgets.retain(|widget| seen.insert(widget.clone()));
    Ok(widgets)
}

/// Whether a widget is of this kind, or a module of this name.
fn is_of(widget: &Widget<'_>, kind: &str) -> bool {
    let module = || headroom_modules::MODULES.iter().find(|entry| widget.uuid() == Some(Uuid(entry.uuid)));
    widget.kind().to_string() == kind || module().is_some_and(|entry| entry.name == kind)
}

/// A token that is to have a value.
struct Setting<'s> {
    /// What the file is called.
    name: &'s str,
    widget: &'s str,
    key: &'s str,
    value: &'s str,
}

impl Setting<'_> {
    fn apply(&self, file: &mut Vec<u8>) -> Result<Change, Error> {
        let Self { name, widget, key, value } = *self;
        let topology =
            Topology::parse(file).map_err(|error| Error::Bytes { name: name.to_owned(), error })?;
        let found = topology.widget(widget).ok_or_else(|| {
            let names: Vec<_> = topology.widgets().map(|widget| widget.name()).collect();
            let meant = meant(widget, names.iter().copied());
            fault(
                format!("{name} has no widget `{widget}`"),
                format!("{meant}its widgets are {}", names.join(", ")),
            )
        })?;
        let token = token(&found, key)?;
        let old = found.tokens().find(|tuple| tuple.token == token).map(|tuple| tuple.value);
        let kind = old.map(|value| value.tuple_type());
        let old = old.map_or_else(|| "(not set)".to_owned(), shown);
        if kind.is_none() {
            if token.group() == Some("audio_format") {
                return Err(refused(PatchError::NoSuchToken { token }, widget, key));
            }
            add(file, widget, token);
        }
        let done = match kind.or(token.tuple_type()) {
            Some(TupleType::String) => set_text(file, widget, token, value),
            Some(TupleType::Uuid) => {
                let help = "8, 4, 4, 4 and 12 hexadecimal digits, with dashes";
                let uuid =
                    uuid(value).ok_or_else(|| fault(format!("`{value}` is no UUID"), help.to_owned()))?;
                set_uuid(file, widget, token, uuid).map(drop)
            }
            _ => set_word(file, widget, token, number(token, key, value)?).map(drop),
        };
        done.map_err(|error| refused(error, widget, key))?;
        Ok(Change { widget: widget.to_owned(), token: key.to_owned(), old, new: value.to_owned() })
    }
}

fn fault(what: String, help: String) -> Error {
    Error::Setting { what, help }
}

fn refused(error: PatchError, widget: &str, key: &str) -> Error {
    let text = error.to_string();
    // What to do is behind the semicolon.
    let (what, help) = text.split_once("; ").unwrap_or((&text, "see docs/topology-files.md"));
    fault(format!("`{key}` of `{widget}`: {what}"), help.to_owned())
}

fn shown(value: Value<'_>) -> String {
    match value {
        Value::Text(text) => text.to_owned(),
        Value::Uuid(uuid) => uuid.to_string(),
        Value::Number(_, number) => number.to_string(),
    }
}

/// The token that `key` is in this widget.
fn token(widget: &Widget<'_>, key: &str) -> Result<Token, Error> {
    let by_phase = matches!(widget.memory(TokenEra::Guess).heap, Heap::Phases { .. });
    let other_kind =
        |what: &str, help: &str| Err(fault(format!("`{}` {what}", widget.name()), help.to_owned()));
    Ok(match key {
        "stack" => Token::COMP_STACK_BYTES_REQUIREMENT,
        "heap" if by_phase => {
            return other_kind("says its memory by phase", "set `lifetime` and `interim` instead of `heap`");
        }
        "interim" | "lifetime" if !by_phase => {
            return other_kind(
                "says its memory as one figure",
                "set `heap` instead, for both phases together",
            );
        }
        "heap" | "interim" => Token::COMP_HEAP_BYTES_REQUIREMENT,
        "lifetime" => Token::COMP_LIFETIME_HEAP_BYTES_REQUIREMENT,
        "domain" => Token::COMP_SCHED_DOMAIN,
        "core" if widget.kind() == WidgetKind::Scheduler => Token::SCHED_CORE,
        "core" => Token::COMP_CORE_ID,
        other => token_named(other).ok_or_else(|| {
            let own = ["stack", "heap", "lifetime", "interim", "domain", "core"];
            let known: Vec<_> = Token::known().filter_map(|token| token.name()).collect();
            let short = known.iter().map(|name| name.trim_start_matches("SOF_TKN_"));
            let meant = meant(other, own.into_iter().chain(short));
            let help = format!("{meant}tokens are {}, and those of docs/topology-files.md", own.join(", "));
            fault(format!("there is no token `{other}`"), help)
        })?,
    })
}

fn number(token: Token, key: &str, value: &str) -> Result<u32, Error> {
    let name = token.name().unwrap_or_default();
    let (digits, unit) = match value.split_at_checked(value.len().saturating_sub(1)) {
        Some((digits, "k" | "K")) if name.contains("BYTES") => (digits, 1024),
        Some((digits, "M")) if name.contains("BYTES") => (digits, 1024 * 1024),
        Some((digits, "k" | "K")) if name.contains("RATE") => (digits, 1000),
        _ => (value, 1),
    };
    let parsed = match digits.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => digits.parse(),
    };
    parsed.ok().and_then(|number: u32| number.checked_mul(unit)).ok_or_else(|| {
        let help = format!(
            "give a whole number up to {}, as 8192 or 0x2000; bytes also as 8k, rates as 48k",
            u32::MAX
        );
        fault(format!("`{value}` is no value for `{key}`"), help)
    })
}

/// Bytes of a widget's record, and where in it the size of its private data is.
const WIDGET_BYTES: usize = 132;
const PRIVATE_SIZE_AT: usize = 128;
/// Where in the header of a block the size of its payload is.
const PAYLOAD_SIZE_AT: usize = 24;

/// Gives a widget one more array behind those that it has, with `token` and a value of zeros.
fn add(file: &mut Vec<u8>, widget: &str, token: Token) {
    let kind = token.tuple_type().unwrap_or(TupleType::Word);
    let value = match kind {
        TupleType::Uuid => 16,
        TupleType::String => 44,
        TupleType::Bool | TupleType::Byte | TupleType::Word | TupleType::Short => 4,
    };
    let Some((block, at, private)) = place(file, widget) else { return };
    let size = 12 + 4 + value;
    let head = [size as u32, kind.raw(), 1, token.0];
    let array = head.into_iter().flat_map(u32::to_le_bytes).chain(std::iter::repeat_n(0, value));
    let end = at + WIDGET_BYTES + private;
    file.splice(end..end, array);
    for word in [block + PAYLOAD_SIZE_AT, at + PRIVATE_SIZE_AT] {
        if let Some(word) = file.get_mut(word..).and_then(|bytes| bytes.first_chunk_mut()) {
            *word = u32::from_le_bytes(*word).wrapping_add(size as u32).to_le_bytes();
        }
    }
}

/// Where the block of a widget starts, where the widget does, and how many bytes of private data it has.
fn place(file: &[u8], widget: &str) -> Option<(usize, usize, usize)> {
    let topology = Topology::parse(file).ok()?;
    let found = topology.widget(widget)?;
    let block = topology.blocks().filter(|block| block.offset() < found.offset()).last()?;
    Some((block.offset(), found.offset(), found.tuples().bytes().len()))
}
