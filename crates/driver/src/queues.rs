//! Which queues a route connects.
//!
//! Source: Linux' `sof_ipc4_get_queue_id`: a widget with one pin has queue 0; one whose pins are bound by name has the pin of
//! that name; else the next free one is taken.

use std::collections::BTreeMap;

use headroom_tplg::{Token, Widget};

use crate::error::Error;
use crate::way::Way;

/// A route with its queues; ends are parts of the path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Connection {
    pub(crate) from: usize,
    pub(crate) from_queue: u8,
    pub(crate) to: usize,
    pub(crate) to_queue: u8,
}

/// The routes of `way` with their queues, in its order.
///
/// # Errors
/// A widget has no queue left, or binds none to the other one.
pub(crate) fn connect(way: &Way<'_>) -> Result<Vec<Connection>, Error> {
    let mut queues = Queues::default();
    let mut take = |part: usize, side, peer: usize| {
        queues.take(part, &way.widget(part), side, way.widget(peer).name()).ok_or_else(|| {
            let what = format!("it has no {side} left for `{}`", way.part_name(peer));
            let help = "raise its number of pins, or name the widget in its pin bindings";
            way.part_error(part, what, help)
        })
    };
    let connect = |&(from, to): &(usize, usize)| {
        let (from_queue, to_queue) = (take(from, Port::Output, to)?, take(to, Port::Input, from)?);
        Ok(Connection { from, from_queue, to, to_queue })
    };
    way.path.routes.iter().map(connect).collect()
}

/// A port of a widget.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Port {
    Input,
    Output,
}

impl std::fmt::Display for Port {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Input => "input",
            Self::Output => "output",
        })
    }
}

/// The most pins that a message can name.
const PINS: u32 = 8;

/// The queues of a path's widgets that are taken.
#[derive(Default)]
struct Queues {
    taken: BTreeMap<(usize, Port), u32>,
}

impl Queues {
    /// A queue of the widget of a part, for a route with `peer`; none if all are taken.
    fn take(&mut self, part: usize, widget: &Widget<'_>, port: Port, peer: &str) -> Option<u8> {
        let (pins, bindings): (Option<u32>, Vec<&str>) = match port {
            Port::Input => (widget.word(Token::COMP_NUM_INPUT_PINS), widget.input_pin_bindings().collect()),
            Port::Output => {
                (widget.word(Token::COMP_NUM_OUTPUT_PINS), widget.output_pin_bindings().collect())
            }
        };
        self.choose((part, port), pins.unwrap_or(1), &bindings, peer)
    }

    fn choose(&mut self, key: (usize, Port), pins: u32, bindings: &[&str], peer: &str) -> Option<u8> {
        if pins <= 1 {
            return Some(0);
        }
        if !bindings.is_empty() {
            let bound = bindings.iter().position(|&name| name == peer)?;
            return u8::try_from(bound).ok().filter(|&queue| u32::from(queue) < pins.min(PINS));
        }
        let next = self.taken.entry(key).or_insert(0);
        let queue = *next;
        *next += 1;
        (queue < pins.min(PINS)).then_some(queue as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_pin_is_queue_0_names_bind_and_others_count_up() {
        let mut queues = Queues::default();
        let key = (0, Port::Output);
        assert_eq!([0, 1].map(|pins| queues.choose(key, pins, &["x"], "y")), [Some(0), Some(0)]);
        assert_eq!(
            ["a", "b", "c"].map(|peer| queues.choose(key, 2, &["a", "b"], peer)),
            [Some(0), Some(1), None]
        );
        assert_eq!(["a", "b", "c"].map(|peer| queues.choose(key, 2, &[], peer)), [Some(0), Some(1), None]);
        // Each side of each widget counts for itself.
        assert_eq!(queues.choose((0, Port::Input), 2, &[], "a"), Some(0));
        assert_eq!(queues.choose((1, Port::Output), 2, &[], "a"), Some(0));
        let nine = (0..9).map(|_| queues.choose((2, Port::Input), 9, &[], "a"));
        assert_eq!(nine.collect::<Vec<_>>().last(), Some(&None), "a message has three bits for it");
    }
}
