//! `headroom replay`: drives a runtime with a recorded session and prints what differs.

use headroom_desk::{Recording, Replay};
use headroom_module::ModuleEntry;

use crate::arguments;
use crate::error::Error;
use crate::terminal::{bar, print};

pub(crate) fn replay(arguments: &arguments::Replay, modules: &[ModuleEntry]) -> Result<(), Error> {
    let recording = Recording::load(&arguments.session)?;
    let bar = bar("ticks");
    let replayed =
        headroom_desk::replay(&recording, arguments.input.as_deref(), modules, &mut |done, all| {
            bar.set_length(all);
            bar.set_position(done);
        });
    // Before an error, too: it starts on a line of its own.
    bar.finish_and_clear();
    let replay = replayed?;
    print(&text(&replay))?;
    match replay.differences.len() {
        0 => Ok(()),
        differences => Err(Error::Differs { differences }),
    }
}

fn text(replay: &Replay) -> String {
    let Replay { messages, ticks, sources, is_whole, differences } = replay;
    let mut text = String::new();
    for difference in differences {
        text += &format!("{difference}\n\n");
    }
    text += &format!("{messages} messages sent, {ticks} ticks run");
    for source in sources {
        text += &format!("; the source played {source}");
    }
    text += ".\n";
    if !is_whole {
        text += "The session has no end: the program that recorded it was stopped.\n";
    }
    if differences.is_empty() {
        text += "All replies and notifications are as recorded.\n";
    }
    text
}
