//! Ways without a PCM: what a text can say, and no application opens.

use headroom_driver::{Side, Stream};

use crate::support::{open_text, purposes};

/// Pipelines, each with its widgets: a name and a kind.
type Pipelines<'p> = [&'p [(&'p str, &'p str)]];

/// What is opened, and the ends with their sides: `true` for a source.
fn opened(pipelines: &Pipelines<'_>, routes: &[(&str, &str)]) -> (Vec<String>, Vec<(String, bool)>) {
    let ids: String = (1..=pipelines.len()).map(|id| format!("  {{ id = {id} }},\n")).collect();
    let widget = |(n, (name, kind)): (usize, &(&str, &str))| {
        format!("  {{ name = \"{name}\", kind = \"{kind}\", pipeline = {} }},\n", n + 1)
    };
    let widgets: String = pipelines
        .iter()
        .enumerate()
        .flat_map(|(n, widgets)| widgets.iter().map(move |it| widget((n, it))))
        .collect();
    let routes: String =
        routes.iter().map(|(from, to)| format!("  {{ from = \"{from}\", to = \"{to}\" }},\n")).collect();
    let text = format!(
        "name = \"ways\"\n\
         input = {{ signal = \"sine\", rate = 48000, channels = 1, samples = \"S32\", seconds = 0.1 }}\n\
         pipeline = [\n{ids}]\nwidget = [\n{widgets}]\nroute = [\n{routes}]\n"
    );
    let (streams, setup) = open_text(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    // Every widget opens once, every route is bound once.
    let count = |word: &str| purposes(&setup).into_iter().filter(|purpose| purpose.starts_with(word)).count();
    let widgets = pipelines.iter().map(|widgets| widgets.len()).sum::<usize>();
    assert_eq!(
        (count("init "), count("bind "), count("create ")),
        (widgets, routes.lines().count(), pipelines.len())
    );
    let ends = setup.ends.iter().map(|end| (end.widget.clone(), end.side == Side::Source)).collect();
    let streams = streams.iter().map(|stream| match stream {
        Stream::Pcm(pcm) => pcm.stream.clone(),
        Stream::Way(source) => format!("from {source}"),
    });
    (streams.collect(), ends)
}

fn ends(sources: &[&str], sinks: &[&str]) -> Vec<(String, bool)> {
    let side = |names: &[&str], is_source| -> Vec<(String, bool)> {
        names.iter().map(|name| ((*name).to_owned(), is_source)).collect()
    };
    [side(sources, true), side(sinks, false)].concat()
}

const MIC: (&str, &str) = ("mic", "dai-copier");
const SPEAKER: (&str, &str) = ("speaker", "dai-copier");
const HOST: (&str, &str) = ("host", "host-copier");
const FILE: (&str, &str) = ("file", "host-copier");

#[test]
fn an_interface_to_an_interface() {
    let opened = opened(&[&[MIC, SPEAKER]], &[("mic", "speaker")]);
    assert_eq!(opened, (vec!["from mic".to_owned()], ends(&["mic"], &["speaker"])));
}

/// Both ends have a PCM, but neither leads to an interface: the stream that plays is opened, and the one that records is on it.
#[test]
fn the_host_to_the_host() {
    let (streams, ends_of) = opened(&[&[HOST, FILE]], &[("host", "file")]);
    assert_eq!((streams.len(), ends_of), (1, ends(&["host"], &["file"])));
}

/// An echo reference: what plays goes into a pipeline that records, too.
#[test]
fn an_end_in_a_pipeline_of_the_other_direction() {
    let reference = [("reference", "copier"), FILE];
    let routes = [("host", "speaker"), ("host", "reference"), ("reference", "file")];
    let (_, ends_of) = opened(&[&[HOST, SPEAKER], &reference], &routes);
    assert_eq!(ends_of, ends(&["host"], &["speaker", "file"]));
}

#[test]
fn streams_of_pcms_are_opened_before_the_ways_that_are_left() {
    let line = ("line", "dai-copier");
    let out = ("out", "dai-copier");
    let (streams, ends_of) = opened(
        &[&[MIC, FILE], &[line, out], &[HOST, SPEAKER]],
        &[("mic", "file"), ("line", "out"), ("host", "speaker")],
    );
    assert_eq!(streams, ["file Capture", "host Playback", "from line"]);
    assert_eq!(ends_of, ends(&["mic", "line", "host"], &["file", "out", "speaker"]));
}
