//! Vendor arrays of the low-level dialect: a type, and a value for each token.

use headroom_tplg::Token;
use headroom_tplg::tuples::TupleType;
use headroom_tplg::write::Writer;

use crate::toml::{Checked, complain};

use super::arrays::{TYPES, size, token_named, uuid};
use super::entry::{Entry, Value, list, name, number, text};

/// A token with its value.
type Given<'t> = (Token, &'t Value<'t>);

/// Writes the arrays of an element.
pub(super) fn all(writer: &mut Writer<'_>, element: &Entry<'_>) -> Checked<()> {
    element.list("array")?.iter().try_for_each(|entry| array(writer, entry))
}

fn array(writer: &mut Writer<'_>, entry: &Entry<'_>) -> Checked<()> {
    if let Some(value) = entry.get("bytes") {
        entry.only(&["bytes"])?;
        writer.private(&whole(value)?);
        return Ok(());
    }
    let given = match entry.get("tuples") {
        Some(pairs) => {
            entry.only(&["type", "tuples"])?;
            list(pairs)?.iter().map(pair).collect::<Checked<Vec<_>>>()?
        }
        None => by_name(entry)?,
    };
    match kind(entry.need("type", "\"word\"")?)? {
        TupleType::Uuid => writer.uuids(&given_as(&given, |value| match uuid(text(value)?) {
            Some(uuid) => Ok(uuid),
            None => {
                complain(value.span(), "this is no UUID", "8, 4, 4, 4 and 12 hexadecimal digits, with dashes")
            }
        })?),
        TupleType::String => writer.texts(&given_as(&given, name)?),
        kind => writer.numbers(kind, &given_as(&given, word)?),
    }
    Ok(())
}

fn kind(value: &Value<'_>) -> Checked<TupleType> {
    let name = text(value)?;
    match TYPES.iter().find(|(known, _)| *known == name) {
        Some((_, kind)) => Ok(*kind),
        None => {
            let names = TYPES.map(|(name, _)| name).join(", ");
            complain(
                value.span(),
                format!("there is no type `{name}` of arrays"),
                format!("types are {names}"),
            )
        }
    }
}

/// All keys but the type are tokens; those with a list come once for each value.
fn by_name<'t>(entry: &Entry<'t>) -> Checked<Vec<Given<'t>>> {
    let mut given = Vec::new();
    for (key, span, value) in entry.keys(&["type"]) {
        let token = token(key, span)?;
        match value.get_ref().as_array() {
            Some(values) => given.extend(values.iter().map(|value| (token, value))),
            None => given.push((token, value)),
        }
    }
    Ok(given)
}

fn pair<'t>(value: &'t Value<'t>) -> Checked<Given<'t>> {
    match list(value)? {
        [token, of] => Ok((self::token(text(token)?, token.span())?, of)),
        _ => complain(value.span(), "a tuple is a token and its value", "write [\"TOKEN\", value]"),
    }
}

fn token(name: &str, span: std::ops::Range<usize>) -> Checked<Token> {
    match token_named(name) {
        Some(token) => Ok(token),
        None => complain(
            span,
            format!("there is no token `{name}`"),
            "tokens have the names of SOF's tokens.h without SOF_TKN_, or are numbers",
        ),
    }
}

fn given_as<'t, T>(
    given: &[Given<'t>],
    read: impl Fn(&'t Value<'t>) -> Checked<T>,
) -> Checked<Vec<(Token, T)>> {
    given.iter().map(|(token, value)| Ok((*token, read(value)?))).collect()
}

/// Words can be spelt as `true` and `false`, whatever the array says they are.
fn word(value: &Value<'_>) -> Checked<u32> {
    match value.get_ref().as_bool() {
        Some(truth) => Ok(truth.into()),
        None => Ok(number(value, 0..=u32::MAX.into())? as u32),
    }
}

/// An array as it is in the file, with its header.
fn whole(value: &Value<'_>) -> Checked<Vec<u8>> {
    let bytes = super::entry::bytes(value)?;
    if bytes.len() >= 12 && size(&bytes) == bytes.len() {
        return Ok(bytes);
    }
    let what =
        format!("an array starts with its size: 12 or more, and as many bytes as are here: {}", bytes.len());
    complain(value.span(), what, "use `type` and tokens by name instead")
}
