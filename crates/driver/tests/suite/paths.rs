//! Which widgets a stream goes through, and what is wrong with ways that lead nowhere.

use headroom_driver::{Stream, Way};
use headroom_testbench::draft::{Draft, capture, node, playback};
use headroom_topology::{Beside, Compiled, Direction};
use headroom_tplg::{Token, WidgetKind};

use crate::support::{error, has, nothing, open, open_stream, purposes, told};

/// Widgets that open, in the order of the path.
fn ran(draft: &Draft, n: usize) -> Vec<String> {
    let setup = open_stream(&draft.file(), n, &nothing()).unwrap();
    setup.parts.iter().map(|part| setup.names.of(part.id)).collect()
}

#[test]
fn streams_are_listed_with_their_directions() {
    let mut draft = playback(Vec::new());
    let mut recording = capture(Vec::new());
    // The names of widgets are one name space.
    for node in &mut recording.widgets {
        node.name = format!("{}2", node.name);
        node.pipeline = 2;
    }
    draft.pipelines.push((2, Some(1)));
    draft.widgets.extend(recording.widgets);
    draft.route("dai2", "host2");
    draft.devices[0].streams[1] = Some("in".to_owned());
    draft.device(7, [Some("nowhere"), None]);
    let streams = draft.file().streams();
    let shown: Vec<(u32, Direction)> = streams.iter().map(|stream| (stream.id, stream.direction)).collect();
    assert_eq!(shown, [(0, Direction::Playback), (0, Direction::Capture)]);
    assert_eq!(streams[1].to_string(), "PCM 0 (Device) capture");
    assert_eq!(ran(&draft, 0), ["host", "dai"]);
    assert_eq!(ran(&draft, 1), ["dai2", "host2"]);
}

/// An echo reference: a route from what plays into a pipeline that records is bound only when both are open.
#[test]
fn a_route_into_a_pipeline_of_the_other_direction_is_not_followed() {
    let mut draft = playback(vec![node("split", WidgetKind::Buffer, "copier", 1)]);
    draft.pipelines.push((2, Some(1)));
    let mut far = node("far", WidgetKind::DaiIn, "copier", 2);
    far.words(&[(Token::DAI_INDEX, 1)]);
    draft.line(vec![node("reference", WidgetKind::Buffer, "copier", 2), far]);
    draft.route("split", "reference");
    draft.edit("split").words(&[(Token::COMP_NUM_OUTPUT_PINS, 2)]);
    assert_eq!(ran(&draft, 0), ["host", "split", "dai"]);
    // One that does not say which way it goes is.
    draft.pipelines[1].1 = None;
    assert_eq!(ran(&draft, 0), ["host", "split", "dai", "reference", "far"]);
}

#[test]
fn the_order_is_that_of_the_routes_not_of_the_file() {
    let middle = |name| node(name, WidgetKind::Pga, "gain", 1);
    let mut draft = playback(vec![middle("a"), middle("b"), middle("c")]);
    draft.widgets.reverse();
    assert_eq!(ran(&draft, 0), ["host", "a", "b", "c", "dai"]);
}

#[test]
fn routes_that_are_there_twice_or_lead_to_nobody() {
    let mut draft = playback(vec![node("gain", WidgetKind::Pga, "gain", 1)]);
    draft.route("host", "gain");
    draft.route("gain", "nobody");
    draft.route("nobody", "dai");
    // A widget that no module belongs to.
    let mut virtual_widget = node("virtual", WidgetKind::Output, "copier", 1);
    virtual_widget.uuid = None;
    draft.widgets.push(virtual_widget);
    draft.route("dai", "virtual");
    let setup = open(&draft, &nothing()).unwrap();
    let bound = purposes(&setup).into_iter().filter(|purpose| purpose.starts_with("bind ")).count();
    assert_eq!((bound, setup.parts.len()), (2, 3), "{:#?}", purposes(&setup));
}

#[test]
fn a_circle() {
    let middle = |name| node(name, WidgetKind::Pga, "gain", 1);
    let mut draft = playback(vec![middle("a")]);
    draft.route("a", "a");
    let said = error(&draft, &nothing());
    has(&said, &["PCM 0 (Device) playback", "in a circle through `a`", "take one"]);
    // What only comes after it is not in it, wherever it is in the file.
    let mut draft = playback(vec![middle("a"), middle("b"), middle("c")]);
    draft.route("b", "a");
    for _ in 0..2 {
        let said = error(&draft, &nothing());
        assert!(["`a`", "`b`"].iter().any(|name| said.contains(&format!("circle through {name}"))), "{said}");
        draft.widgets.reverse();
    }
}

#[test]
fn a_way_without_a_dai() {
    let mut draft = playback(vec![node("gain", WidgetKind::Pga, "gain", 1)]);
    draft.widgets.retain(|node| node.name != "dai");
    has(&error(&draft, &nothing()), &["no DAI", "`gain`", "route it"]);
    let mut draft = capture(Vec::new());
    draft.widgets.retain(|node| node.name != "dai");
    has(&error(&draft, &nothing()), &["no DAI", "`host`", "route it"]);
}

#[test]
fn a_host_widget_that_is_missing_or_no_module() {
    let mut draft = playback(Vec::new());
    let stream = draft.file().streams().remove(0);
    "other".clone_into(&mut draft.edit("host").stream);
    assert_eq!(draft.file().streams(), []);
    let (file, beside, streams) = (draft.file(), Beside::default(), [Stream::Pcm(stream)]);
    let Err(missing) = Way::of(&file, &beside, &streams) else { panic!("there is a way") };
    has(&told(&missing), &["no host widget has the stream name `out`"]);
    let mut draft = playback(Vec::new());
    draft.edit("host").uuid = None;
    has(&error(&draft, &nothing()), &["`host` has no UUID", "IPC4"]);
}

#[test]
fn pipelines_that_messages_can_not_name_or_nobody_schedules() {
    let mut draft = playback(Vec::new());
    draft.pipelines.clear();
    has(&error(&draft, &nothing()), &["widget `host`", "pipeline 1 has no scheduler", "add a pipeline"]);
    let mut draft = playback(Vec::new());
    draft.pipelines = vec![(256, Some(0))];
    draft.widgets.iter_mut().for_each(|node| node.pipeline = 256);
    has(&error(&draft, &nothing()), &["widget `host`", "number 256", "smaller index"]);
    draft.pipelines = vec![(255, Some(0))];
    draft.widgets.iter_mut().for_each(|node| node.pipeline = 255);
    assert_eq!(ran(&draft, 0), ["host", "dai"]);
}

/// More UUIDs than there are ids for modules that are not here.
#[test]
fn more_unknown_modules_than_ids() {
    let unknown = |n: u32| {
        let mut unknown = node(&format!("unknown{n}"), WidgetKind::Effect, "gain", 1);
        let mut uuid = [0xAB; 16];
        uuid[..4].copy_from_slice(&n.to_le_bytes());
        unknown.uuid = Some(headroom_tplg::tuples::Uuid(uuid));
        unknown
    };
    let draft = playback((0..600).map(unknown).collect());
    has(&error(&draft, &nothing()), &["widget `unknown", "modules that are not here", "split the topology"]);
    let copiers = (0..260).map(|n| node(&format!("copier{n}"), WidgetKind::Buffer, "copier", 1));
    has(&error(&playback(copiers.collect()), &nothing()), &["more than 255 widgets", "split the topology"]);
}

/// Time grows with the size of the file, not with its square or worse: 5000 widgets in the wrong order, and as many
/// routes twice.
#[test]
fn large_files_are_no_burden() {
    let gain = |n: usize| node(&format!("gain{n}"), WidgetKind::Pga, "gain", 1);
    let mut draft = playback((0..5000).map(gain).collect());
    draft.widgets.reverse();
    draft.routes.extend(draft.routes.clone());
    let file = draft.file();
    has(&error_of(&file), &["more than 255 widgets"]);
}

fn error_of(file: &Compiled) -> String {
    told(&open_stream(file, 0, &nothing()).unwrap_err())
}
