//! Vendor arrays as text: how tokens, types and values are spelt.

use headroom_tplg::Token;
use headroom_tplg::tuples::{Tuple, TupleType, Uuid, Value, VendorArray};

use headroom_module::ModuleEntry;

use super::page::quoted;
use super::remarks;

/// The types of arrays, as `alsatplg` calls them.
pub(super) const TYPES: [(&str, TupleType); 6] = [
    ("uuid", TupleType::Uuid),
    ("string", TupleType::String),
    ("bool", TupleType::Bool),
    ("byte", TupleType::Byte),
    ("word", TupleType::Word),
    ("short", TupleType::Short),
];

/// Tokens whose values are numbers of several parts.
const IN_PARTS: [Token; 4] = [
    Token::CAVS_AUDIO_FORMAT_IN_CH_MAP,
    Token::CAVS_AUDIO_FORMAT_OUT_CH_MAP,
    Token::CAVS_AUDIO_FORMAT_IN_FMT_CFG,
    Token::CAVS_AUDIO_FORMAT_OUT_FMT_CFG,
];

/// What names of tokens have in common.
pub(super) const PREFIX: &str = "SOF_TKN_";

/// The size that the array says it has, whose bytes these are.
pub(super) fn size(bytes: &[u8]) -> usize {
    bytes.first_chunk().map_or(0, |size| u32::from_le_bytes(*size) as usize)
}

pub(super) fn type_name(kind: TupleType) -> &'static str {
    TYPES.iter().find(|(_, known)| *known == kind).map_or("word", |(name, _)| name)
}

/// Whether the tuples say all that the array has: nothing behind the ends of strings, nothing behind the last one.
pub(super) fn is_plain(array: &VendorArray<'_>, bytes: &[u8]) -> bool {
    let mut plain = Vec::new();
    for tuple in array.tuples() {
        plain.extend(tuple.token.0.to_le_bytes());
        match tuple.value {
            Value::Uuid(uuid) => plain.extend(uuid.0),
            Value::Number(_, number) => plain.extend(number.to_le_bytes()),
            Value::Text(text) => {
                plain.extend(text.bytes());
                plain.extend(std::iter::repeat_n(0, headroom_tplg::records::NAME_LEN - text.len()));
            }
        }
    }
    bytes.get(12..) == Some(plain.as_slice())
}

/// A key with a value for each token, and a remark. Values of a token that comes more than once in a row are a list;
/// `None` if one comes again after others.
pub(super) fn by_name(
    array: &VendorArray<'_>,
    modules: &[ModuleEntry],
) -> Option<Vec<(String, String, String)>> {
    let tuples: Vec<_> = array.tuples().collect();
    let runs: Vec<_> = tuples.chunk_by(|a, b| a.token == b.token).collect();
    let again = |n: usize| runs[..n].iter().any(|run| run[0].token == runs[n][0].token);
    let line = |run: &&[Tuple<'_>]| {
        let values: Vec<_> = run.iter().map(value).collect();
        let value = if run.len() == 1 { values[0].clone() } else { format!("[{}]", values.join(", ")) };
        (token(run[0].token), value, remarks::tuple(&run[0], modules))
    };
    (0..runs.len()).all(|n| !again(n)).then(|| runs.iter().map(line).collect())
}

/// All tuples as pairs.
pub(super) fn in_order(array: &VendorArray<'_>) -> String {
    let pair = |tuple: Tuple<'_>| format!("    [{}, {}],\n", quoted(&token(tuple.token)), value(&tuple));
    format!("[\n{}]", array.tuples().map(pair).collect::<String>())
}

fn token(token: Token) -> String {
    let name = token.name().map(|name| name.strip_prefix(PREFIX).unwrap_or(name));
    name.map_or_else(|| token.0.to_string(), str::to_owned)
}

/// The token that `name` is: with or without its prefix, or a number.
pub(crate) fn token_named(name: &str) -> Option<Token> {
    let short = name.strip_prefix(PREFIX).unwrap_or(name);
    let known =
        Token::known().find(|token| token.name().and_then(|name| name.strip_prefix(PREFIX)) == Some(short));
    known.or_else(|| name.parse().ok().map(Token))
}

fn value(tuple: &Tuple<'_>) -> String {
    match tuple.value {
        Value::Uuid(uuid) => quoted(&uuid.to_string()),
        Value::Text(text) => quoted(text),
        Value::Number(TupleType::Bool, 0) => "false".to_owned(),
        Value::Number(TupleType::Bool, 1) => "true".to_owned(),
        Value::Number(_, number) if IN_PARTS.contains(&tuple.token) => format!("{number:#x}"),
        Value::Number(_, number) => number.to_string(),
    }
}

/// The UUID that `text` spells.
pub(crate) fn uuid(text: &str) -> Option<Uuid> {
    let mut bytes = [0; 16];
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let digits = super::hex::parse(&groups.concat()).ok().filter(|_| lengths == [8, 4, 4, 4, 12])?;
    bytes.copy_from_slice(digits.get(..16)?);
    // The first three groups are little-endian numbers.
    bytes[..4].reverse();
    bytes[4..6].reverse();
    bytes[6..8].reverse();
    Some(Uuid(bytes))
}
