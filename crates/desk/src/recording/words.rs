//! A session in words, for who wants to know what happened.

use std::fmt::{self, Write};

use headroom_ipc4::{InitInstance, Notification, Reply, Request};
use headroom_module::Payload;
use headroom_module::wire::BaseConfig;
use headroom_modules::STAND_IN;

use headroom_topology::SignalShape;

use super::Recording;
use super::line::{Event, Line, Played, What};
use super::order::Head;

impl Recording {
    /// The session in words: what it ran on, then each message with its number, its time and its reply.
    pub fn in_words(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = write_all(&mut text, self);
        text
    }
}

fn write_all(out: &mut String, recording: &Recording) -> fmt::Result {
    let of_head = |line: &Line| !matches!(line, Line::Comment(_) | Line::Event(_));
    let body = recording.lines.iter().rposition(of_head).map_or(0, |last| last + 1);
    let (head, body) = recording.lines.split_at(body);
    head.iter().filter_map(comment).try_for_each(|text| writeln!(out, "#{text}"))?;
    write_head(out, &recording.head)?;
    let (mut tick, mut message, mut comments) = (None, 0, Vec::new());
    for line in body {
        comments.extend(comment(line));
        let Line::Event(event) = line else { continue };
        if tick != Some(event.tick) {
            tick = Some(event.tick);
            writeln!(out, "\nat tick {}", event.tick)?;
        }
        comments.drain(..).try_for_each(|text| writeln!(out, "     #{text}"))?;
        message += usize::from(matches!(event.what, What::Request(_)));
        write_event(out, &recording.head, message, event)?;
    }
    comments.iter().try_for_each(|text| writeln!(out, "     #{text}"))
}

fn comment(line: &Line) -> Option<&str> {
    if let Line::Comment(text) = line { Some(text) } else { None }
}

fn write_event(out: &mut String, head: &Head, message: usize, event: &Event) -> fmt::Result {
    let words = words(event);
    match &event.what {
        What::Request(bytes) => {
            writeln!(out, "{message:4} > {words}")?;
            details(head, bytes).map_or(Ok(()), |details| writeln!(out, "       {details}"))
        }
        What::Reply(_) => writeln!(out, "     < {words}"),
        What::Notification(_) => writeln!(out, "     ! {words}"),
        What::Panic(_) | What::End => writeln!(out, "     {words}"),
    }
}

fn write_head(out: &mut String, head: &Head) -> fmt::Result {
    let Head { platform, pool, modules, sources } = head;
    writeln!(
        out,
        "platform  ticks of {} us, {} cores; at most {} pipelines, {} modules, {} connections",
        platform.tick_us, platform.cores, platform.pipelines, platform.modules, platform.edges
    )?;
    writeln!(
        out,
        "          DP region {} B by default, at most {} B; stack {} B by default, at least {} B",
        platform.dp_region_bytes, platform.region_limit, platform.stack_bytes, platform.stack_floor
    )?;
    writeln!(
        out,
        "          common region {} B, parameters up to {} B, {} events kept",
        platform.common_bytes, platform.parameter_bytes, platform.events
    )?;
    writeln!(
        out,
        "pool      {} pages of {} B, lines of {} B, at most {} regions",
        pool.pages, pool.profile.page_bytes, pool.profile.line_bytes, pool.profile.max_regions
    )?;
    let modules: Vec<_> = modules.iter().map(|(id, name)| format!("{name} {id}")).collect();
    writeln!(out, "modules   {}", modules.join(", "))?;
    for (copier, played) in sources {
        writeln!(out, "source    behind {copier:#x}: {}", in_words(played))?;
    }
    Ok(())
}

/// What was played.
fn in_words(played: &Played) -> String {
    match played {
        Played::File { format, frames } => format!("a file, {format}, {frames} frames"),
        Played::Signal(signal) => {
            let shape = match signal.shape {
                SignalShape::Sine(hz) => format!("sine of {hz} Hz"),
                SignalShape::Chirp => "chirp".to_owned(),
            };
            let (rate, channels, samples) = (signal.rate, signal.channels, signal.samples);
            let (frames, level) = (signal.frames, signal.level_db);
            format!("{shape}, {rate} Hz, {channels} ch, {samples}, {frames} frames, {level} dB")
        }
    }
}

/// One event, without its time.
pub(super) fn words(event: &Event) -> String {
    let not = |error| format!("bytes that do not decode: {error}");
    match &event.what {
        What::Request(bytes) => Request::decode(bytes).map_or_else(not, |request| request.to_string()),
        What::Reply(bytes) => Reply::decode(bytes).map_or_else(not, |reply| reply.to_string()),
        What::Notification(bytes) => Notification::decode(bytes).map_or_else(not, |said| said.to_string()),
        What::Panic(component) => format!("module {component:#x} panicked"),
        What::End => "end".to_owned(),
    }
}

/// What the payload of an init message begins with, and what its module is called.
fn details(head: &Head, message: &[u8]) -> Option<String> {
    let Ok(Request::InitInstance(InitInstance { id, payload, .. })) = Request::decode(message) else {
        return None;
    };
    let row = |id: u16| head.modules.iter().find(|(module, _)| *module == id);
    let module = row(id.module).or_else(|| row(STAND_IN.module));
    let name = module.map_or("no module of the table", |(_, name)| name);
    let Ok(base) = BaseConfig::decode(&mut Payload::new(payload)) else { return Some(name.to_owned()) };
    let BaseConfig { input_block, output_block, .. } = base;
    let format = base.format.format().map_or_else(|error| error.to_string(), |format| format.to_string());
    Some(format!("{name}: {format}; blocks of {input_block} B in, {output_block} B out"))
}
