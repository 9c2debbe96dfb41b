//! Other values for tokens of a widget, in place: no other byte of the file changes.

use headroom_tplg::patch::{PatchError, set_text, set_uuid, set_word};
use headroom_tplg::tuples::Value;
use headroom_tplg::{Heap, Token, TokenEra, Topology, Widget, WidgetKind};

use crate::error::Error;

use crate::records::{token_named, uuid};

/// A token of a widget that got another value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The token, as it was called.
    pub token: String,
    /// What it was.
    pub old: String,
    /// What it is.
    pub new: String,
}

/// Gives tokens of the widget called `widget` other values, in the topology file `file`, which is called `name` in errors.
/// Each setting is a token and its value. Tokens are called `stack`, `heap`, `lifetime`, `interim`, `domain` and `core`, or as
/// in [`decompile`](crate::decompile)'s text.
///
/// # Errors
/// The file is no topology, there is no such widget or token, or the value doesn't fit it. The file is then as before.
pub fn set(
    name: &str,
    file: &mut Vec<u8>,
    widget: &str,
    settings: &[(String, String)],
) -> Result<Vec<Change>, Error> {
    let mut patched = file.clone();
    let apply =
        |(token, value): &(String, String)| Setting { name, widget, key: token, value }.apply(&mut patched);
    let changes = settings.iter().map(apply).collect::<Result<_, _>>()?;
    *file = patched;
    Ok(changes)
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
    fn apply(&self, file: &mut [u8]) -> Result<Change, Error> {
        let Self { name, widget, key, value } = *self;
        let topology =
            Topology::parse(file).map_err(|error| Error::Bytes { name: name.to_owned(), error })?;
        let found = topology.widget(widget).ok_or_else(|| {
            let names: Vec<_> = topology.widgets().map(|widget| widget.name()).collect();
            fault(format!("{name} has no widget `{widget}`"), format!("its widgets are {}", names.join(", ")))
        })?;
        let token = token(&found, key)?;
        let old = found.tokens().find(|tuple| tuple.token == token).map(|tuple| tuple.value);
        let old_text = old.map_or_else(String::new, shown);
        let done = match old {
            Some(Value::Text(_)) => set_text(file, widget, token, value),
            Some(Value::Uuid(_)) => {
                let help = "8, 4, 4, 4 and 12 hexadecimal digits, with dashes";
                let uuid =
                    uuid(value).ok_or_else(|| fault(format!("`{value}` is no UUID"), help.to_owned()))?;
                set_uuid(file, widget, token, uuid).map(drop)
            }
            Some(Value::Number(..)) => set_word(file, widget, token, number(key, value)?).map(drop),
            None => Err(PatchError::NoSuchToken { token }),
        };
        done.map_err(|error| refused(error, widget, key))?;
        Ok(Change { token: key.to_owned(), old: old_text, new: value.to_owned() })
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
        "interim" if !by_phase => {
            return other_kind("says its memory as one figure", "set `heap` instead of `interim`");
        }
        "heap" | "interim" => Token::COMP_HEAP_BYTES_REQUIREMENT,
        "lifetime" => Token::COMP_LIFETIME_HEAP_BYTES_REQUIREMENT,
        "domain" => Token::COMP_SCHED_DOMAIN,
        "core" if widget.kind() == WidgetKind::Scheduler => Token::SCHED_CORE,
        "core" => Token::COMP_CORE_ID,
        other => token_named(other).ok_or_else(|| {
            let help = "tokens are stack, heap, lifetime, interim, domain, core, and those of docs/topology-files.md";
            fault(format!("there is no token `{other}`"), help.to_owned())
        })?,
    })
}

fn number(key: &str, value: &str) -> Result<u32, Error> {
    let parsed = match value.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => value.parse(),
    };
    parsed.map_err(|_| {
        let help = format!("give a whole number up to {}, as 8192 or 0x2000", u32::MAX);
        fault(format!("`{value}` is no value for `{key}`"), help)
    })
}
