//! An [`Outline`] as text of 100 columns.

use std::fmt::Write as _;

use super::{Control, Link, Outline, Pcm, Pipeline, Stream, TokenValue};
use crate::table::Table;
use crate::words;

const WIDTH: usize = 100;

impl Outline {
    /// What most readers want first: what the file is for, PCMs with their ways, pipelines, links and counts.
    pub fn summary(&self) -> String {
        let mut text = self.heading();
        section(&mut text, "PCMs", self.pcms.iter().flat_map(pcm_lines));
        section(&mut text, "Pipelines", pipeline_table(&self.pipelines).lines());
        section(&mut text, "Links", link_table(&self.links).lines());
        text += &words::wrap(&self.counted(), ", ", "", WIDTH);
        text
    }

    /// A line for each widget.
    pub fn widgets(&self) -> String {
        let mut table = Table::new(&["pipeline", "widget", "kind", "domain", "core", "controls", "uuid"]);
        for widget in &self.widgets {
            table.row([
                widget.pipeline.to_string(),
                widget.name.clone(),
                widget.kind.clone(),
                widget.domain.clone().unwrap_or_else(|| "-".into()),
                or_dash(widget.core),
                widget.controls.len().to_string(),
                widget.uuid.clone().unwrap_or_else(|| "-".into()),
            ]);
        }
        let mut text = String::new();
        section(&mut text, "Widgets", table.lines());
        text
    }

    /// The audio formats of each widget that has some.
    pub fn formats(&self) -> String {
        let mut text = String::from("Formats\n");
        for widget in &self.widgets {
            let plain = widget.tokens.iter().filter(|token| token.name == Some("SOF_TKN_COMP_FORMAT"));
            let plain: Vec<_> = plain.map(|token| token.value.clone()).collect();
            if widget.inputs.is_empty() && widget.outputs.is_empty() && plain.is_empty() {
                continue;
            }
            let _ = writeln!(text, "  {} ({}, pipeline {})", widget.name, widget.kind, widget.pipeline);
            for (side, formats) in [("in ", &widget.inputs), ("out", &widget.outputs)] {
                for format in formats {
                    let (format, bytes) = (&format.format, format.format.block_bytes);
                    let in_words = words::format(format);
                    let _ = writeln!(text, "    {side} pin {}  {in_words:24}  {bytes:6} bytes", format.pin);
                }
            }
            plain.iter().for_each(|format| text += &format!("    {format}\n"));
        }
        text.push('\n');
        text
    }

    /// Every token, by name, of PCMs, links, widgets and their controls.
    pub fn tokens(&self) -> String {
        let mut text = String::from("Tokens\n");
        for pcm in &self.pcms {
            token_lines(&mut text, &format!("PCM {} {}", pcm.id, pcm.name), &pcm.tokens);
        }
        for link in &self.links {
            token_lines(&mut text, &format!("link {} {}", link.id, link.name), &link.tokens);
        }
        for widget in &self.widgets {
            let heading = format!("{} ({}, pipeline {})", widget.name, widget.kind, widget.pipeline);
            token_lines(&mut text, &heading, &widget.tokens);
            for Control { name, kind, tokens } in &widget.controls {
                token_lines(&mut text, &format!("{}: {kind} control {name}", widget.name), tokens);
            }
        }
        text.push('\n');
        text
    }

    fn heading(&self) -> String {
        let abi = match (self.abi, self.ipc) {
            (Some([major, minor, patch]), Some(ipc)) => {
                format!("for IPC{ipc}, SOF ABI {major}.{minor}.{patch}")
            }
            _ if self.foreign => "for another driver than SOF".into(),
            _ => "without a SOF ABI".into(),
        };
        let memory = match self.memory_tokens {
            "none" => "no memory tokens".into(),
            tokens => format!("memory tokens: {tokens}"),
        };
        format!("ALSA topology {abi}, {} bytes, {memory}\n\n", self.bytes)
    }

    fn counted(&self) -> Vec<String> {
        let of = |name: &str| self.counts.get(name).copied().unwrap_or(0);
        [
            words::count(of("widgets"), "widget"),
            words::count(self.pipelines.len(), "pipeline"),
            words::count(of("routes"), "route"),
            words::count(of("controls"), "control"),
            words::count(of("pcms"), "PCM"),
            words::count(of("links"), "link"),
            words::count(of("dais"), "DAI"),
        ]
        .into()
    }
}

fn or_dash(number: Option<u32>) -> String {
    number.map_or_else(|| "-".into(), |number| number.to_string())
}

/// A heading with lines below it and an empty one at the end, or nothing.
fn section(text: &mut String, heading: &str, lines: impl Iterator<Item = String>) {
    let lines: String = lines.collect();
    if !lines.is_empty() {
        *text += &format!("{heading}\n{lines}\n");
    }
}

fn pcm_lines(pcm: &Pcm) -> Vec<String> {
    let mut lines = Vec::new();
    for stream in &pcm.streams {
        let Stream { direction, formats, .. } = stream;
        let what = format!("{} kHz, {}, {} ch", stream_rates(stream), formats.join(" "), channels(stream));
        let line = format!("{} {}, {direction}: {what}", pcm.id, pcm.name);
        let words: Vec<_> = line.split(' ').map(String::from).collect();
        lines.push(words::wrap(&words, " ", "  ", WIDTH));
        let Some(host) = &stream.host else {
            lines.push(format!("      no host widget has the stream name {:?}\n", stream.name));
            continue;
        };
        for way in &stream.ways {
            lines.push(words::wrap(way, " > ", "      ", WIDTH));
        }
        if !stream.reaches_dai {
            lines.push(format!("      (no way from {host} to a DAI)\n"));
        }
    }
    lines
}

fn stream_rates(stream: &Stream) -> String {
    let [low, high] = stream.rate_range;
    match &stream.rates[..] {
        [] if low == high => words::khz(low),
        [] => format!("{}-{}", words::khz(low), words::khz(high)),
        rates => rates.iter().map(|&rate| words::khz(rate)).collect::<Vec<_>>().join(" "),
    }
}

fn channels(stream: &Stream) -> String {
    let [low, high] = stream.channels;
    words::range(low, high)
}

fn pipeline_table(pipelines: &[Pipeline]) -> Table {
    let headings = ["id", "direction", "priority", "core", "period us", "made", "widgets", "modules"];
    let mut table = Table::new(&headings);
    for pipeline in pipelines {
        let domains = pipeline.domains.iter().map(|(domain, n)| format!("{n} {domain}"));
        let domains = domains.collect::<Vec<_>>().join(", ");
        let made = pipeline.dynamic.map(|dynamic| if dynamic { "when used" } else { "at load" });
        table.row([
            pipeline.id.to_string(),
            pipeline.direction.unwrap_or("-").into(),
            or_dash(pipeline.priority),
            or_dash(pipeline.core),
            or_dash(pipeline.period_us),
            made.unwrap_or("-").into(),
            pipeline.widgets.len().to_string(),
            match &pipeline.scheduler {
                None if domains.is_empty() => "none that run".into(),
                None => format!("{domains}, no scheduler"),
                Some(_) => domains,
            },
        ]);
    }
    table
}

fn link_table(links: &[Link]) -> Table {
    let mut table = Table::new(&["id", "kind", "name", "stream", "configurations"]);
    for link in links {
        table.row([
            link.id.to_string(),
            link.kind.clone(),
            link.name.clone(),
            link.stream.clone(),
            link.hardware_configurations.to_string(),
        ]);
    }
    table
}

fn token_lines(text: &mut String, heading: &str, tokens: &[TokenValue]) {
    if tokens.is_empty() {
        return;
    }
    let _ = writeln!(text, "  {heading}");
    for token in tokens {
        let name = token.name.map_or("(no known name)", |name| name.trim_start_matches("SOF_TKN_"));
        let _ = writeln!(text, "    {:5} {name:40} {}", token.token, token.value);
    }
}
