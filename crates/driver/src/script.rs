//! Scripts that set controls while a stream plays, in the form that SOF's testbench takes: shell lines of `amixer` and `sleep`.
//!
//! ```text
//!   # what stands behind a hash is for people
//!   amixer -c0 cset name='Post Mixer Analog Playback Volume' 30,30
//!   sleep 0.5
//!   amixer -c0 cset name='Post Mixer Analog Playback Volume' 50%
//! ```

use headroom_tplg::{Control, ControlKind};

use crate::controls::Values;
use crate::error::Error;

/// A script that has been read.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Script {
    pub(crate) name: String,
    pub(crate) commands: Vec<Command>,
}

/// What is set, and when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Command {
    /// LL ticks, of a millisecond, from the start of the stream.
    pub(crate) tick: u64,
    pub(crate) line: usize,
    pub(crate) control: String,
    pub(crate) values: Vec<String>,
}

/// The commands of the script `text`, which is called `name` in errors.
///
/// # Errors
/// [`Error::Script`]: a line is neither of the two commands.
pub fn read(name: &str, text: &str) -> Result<Script, Error> {
    let commands = parse(text).map_err(|(line, what)| Error::Script {
        place: format!("{name}:{line}"),
        what,
        help: "write `amixer -c0 cset name='CONTROL' VALUE[,VALUE…]` or `sleep SECONDS`",
    })?;
    Ok(Script { name: name.to_owned(), commands })
}

/// The commands of a script, or the number of a bad line and what is wrong with it.
pub(crate) fn parse(text: &str) -> Result<Vec<Command>, (usize, String)> {
    let (mut commands, mut tick) = (Vec::new(), 0);
    for (n, line) in text.lines().enumerate() {
        let line_number = n + 1;
        let words = words(line).map_err(|what| (line_number, what))?;
        match words.first().map(String::as_str) {
            None | Some("set") => {}
            Some("sleep") => tick += ticks(&words).map_err(|what| (line_number, what))?,
            Some("amixer") => {
                let (control, values) = cset(&words).map_err(|what| (line_number, what))?;
                commands.push(Command { tick, line: line_number, control, values });
            }
            Some(other) => return Err((line_number, format!("`{other}` is no command of a control script"))),
        }
    }
    Ok(commands)
}

/// The words of a shell line: quotes keep blanks, a hash begins a comment.
fn words(line: &str) -> Result<Vec<String>, String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in line.chars() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => word.get_or_insert_default().push(c),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, '#') if word.is_none() => break,
            (None, _) if c.is_whitespace() => words.extend(word.take()),
            (None, _) => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err("a quote is not closed".to_owned());
    }
    words.extend(word);
    Ok(words)
}

fn ticks(words: &[String]) -> Result<u64, String> {
    let seconds = words.get(1).and_then(|word| word.trim_end_matches('s').parse::<f64>().ok());
    match seconds.filter(|seconds| (0.0..=86_400.0).contains(seconds)) {
        Some(seconds) if words.len() == 2 => Ok((seconds * 1000.0).round() as u64),
        _ => Err("`sleep` takes a number of seconds, up to a day".to_owned()),
    }
}

/// The control and the values of `amixer … cset name='…' VALUES`.
fn cset(words: &[String]) -> Result<(String, Vec<String>), String> {
    let mut rest = words.iter().skip(1).skip_while(|word| *word != "cset").skip(1);
    // `index=` and what else may stand behind a name is not part of it; a comma in the name is.
    let control = rest.next().and_then(|word| Some(word.split_once("name=")?.1));
    let control = control.map(|name| name.split_once(",index=").map_or(name, |(name, _)| name));
    let (Some(control), Some(values), None) = (control, rest.next(), rest.next()) else {
        return Err("only `cset name='CONTROL' VALUES` of amixer is known".to_owned());
    };
    Ok((control.to_owned(), values.split(',').map(|value| value.trim().to_owned()).collect()))
}

/// The values of a command for `control` of a stream with so many channels: numbers, percentages, on and off, items of an
/// enumeration, or bytes. One value is for all channels.
pub(crate) fn values(control: &Control<'_>, texts: &[String], channels: u32) -> Result<Values, String> {
    if control.kind() == ControlKind::Bytes {
        let bytes: Option<Vec<u8>> = texts.iter().map(|text| byte(text)).collect();
        return bytes.map(Values::Bytes).ok_or("bytes are numbers from 0 to 255, or 0x00 to 0xff".to_owned());
    }
    let items = control.enumerated().map(|enumerated| enumerated.items.saturating_sub(1));
    let max = items.or(control.mixer().map(|mixer| mixer.max.max(0) as u32)).unwrap_or(0);
    let number = |text: &String| {
        let value = match (items, text.as_str()) {
            (Some(_), _) => item(control, text).or_else(|| text.parse().ok()),
            (None, "on") => Some(1),
            (None, "off") => Some(0),
            (None, _) => percent(text, max).or_else(|| text.parse().ok()),
        };
        value.filter(|&value| value <= max).ok_or_else(|| format!("`{text}` is no value from 0 to {max}"))
    };
    let mut values = texts.iter().map(number).collect::<Result<Vec<_>, _>>()?;
    if let [one] = values[..] {
        values = vec![one; channels as usize];
    }
    values.truncate(channels as usize);
    Ok(Values::Numbers(values))
}

fn percent(text: &str, max: u32) -> Option<u32> {
    let part: f64 = text.strip_suffix('%')?.parse().ok()?;
    (0.0..=100.0).contains(&part).then(|| (f64::from(max) * part / 100.0).round() as u32)
}

fn item(control: &Control<'_>, text: &str) -> Option<u32> {
    let enumerated = control.enumerated()?;
    let items = enumerated.texts.iter().take(enumerated.items as usize);
    items.into_iter().position(|item| item.to_string() == text).map(|place| place as u32)
}

fn byte(text: &str) -> Option<u8> {
    match text.strip_prefix("0x") {
        Some(digits) => u8::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts() {
        let text = "#!/bin/sh\n\nset -e\namixer -c0 cset name='A B',index=0 1,2 # now\nsleep 0.5\n  sleep 1s\n\
                    amixer -Dhw:0 cset name=\"C, D\" 'on'\n";
        let command = |tick, line, control: &str, values: &[&str]| Command {
            tick,
            line,
            control: control.to_owned(),
            values: values.iter().map(|&value| value.to_owned()).collect(),
        };
        assert_eq!(
            parse(text),
            Ok(vec![command(0, 4, "A B", &["1", "2"]), command(1500, 7, "C, D", &["on"])])
        );
        assert_eq!(parse(""), Ok(Vec::new()));
    }

    #[test]
    fn lines_that_are_no_commands() {
        for (text, line, what) in [
            ("sleep", 1, "number of seconds"),
            ("sleep -1", 1, "number of seconds"),
            ("\nsleep 1 2", 2, "number of seconds"),
            ("sleep 1e9", 1, "number of seconds"),
            ("amixer cget name=A", 1, "cset"),
            ("amixer cset numid=3 1", 1, "cset"),
            ("amixer cset name=A", 1, "cset"),
            ("amixer cset name=A 1 2", 1, "cset"),
            ("amixer cset name='A 1", 1, "not closed"),
            ("rm -rf x", 1, "`rm`"),
        ] {
            let (got, why) = parse(text).unwrap_err();
            assert!(got == line && why.contains(what), "{text}: line {got}: {why}");
        }
    }
}
