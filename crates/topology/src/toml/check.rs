//! What the keys of a topology mean together: every rule that can be checked before a message is sent.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use toml::Spanned;

use crate::error::Error;
use crate::near::meant;
use crate::text::Text;

use super::complaint::{Checked, Complaint, complain};
use super::file::{PipelineEntry, RouteEntry, TopologyFile};
use super::model::{Pcm, Pipeline, Route, SourceInput, Topology, Widget, WidgetKind};
use super::module::Known;
use super::widget::widget;
use super::{outside, signal, spelling};

/// Reads and checks `text`.
pub(super) fn topology(text: Text, known: &Known<'_>) -> Result<Topology, Error> {
    let file: TopologyFile = toml::from_str(text.as_str()).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        let (what, help) =
            spelling::explain(error.message(), text.as_str().get(span.start..).unwrap_or_default());
        text.error(span, what, help)
    })?;
    let parts =
        assemble(&file, known).map_err(|Complaint { span, what, help }| text.error(span, what, help))?;
    let (name, description) = (file.name, file.description);
    let Parts { pipelines, widgets, routes, pcms, inputs } = parts;
    Ok(Topology { name, description, inputs, pipelines, widgets, routes, pcms, text, file: None })
}

/// What a topology consists of.
struct Parts {
    pipelines: Vec<Pipeline>,
    widgets: Vec<Widget>,
    routes: Vec<Route>,
    pcms: Vec<Pcm>,
    inputs: Vec<SourceInput>,
}

fn assemble(file: &TopologyFile, known: &Known<'_>) -> Checked<Parts> {
    let pipelines = pipelines(&file.pipelines)?;
    let widgets =
        file.widgets.iter().map(|entry| widget(entry, &pipelines, known)).collect::<Checked<Vec<_>>>()?;
    inhabited(&pipelines, &widgets)?;
    let places = places(&widgets)?;
    let mut routes =
        file.routes.iter().map(|entry| route(entry, &widgets, &places)).collect::<Checked<Vec<_>>>()?;
    give_ports(&widgets, &mut routes)?;
    let (widgets, routes) = in_order(widgets, routes)?;
    shape(&widgets, &routes)?;
    let pcms = outside::pcms(&file.pcms, &widgets, &routes)?;
    let inputs = file.input.as_ref().map_or(&[][..], |inputs| &inputs.0);
    let inputs = signal::inputs(inputs, &widgets, &routes)?;
    Ok(Parts { pipelines, widgets, routes, pcms, inputs })
}

fn pipelines(entries: &[PipelineEntry]) -> Checked<Vec<Pipeline>> {
    let mut pipelines: Vec<Pipeline> = Vec::new();
    for entry in entries {
        let id = *entry.id.get_ref();
        if pipelines.iter().any(|known| known.id == id) {
            return complain(
                entry.id.span(),
                format!("pipeline {id} is there twice"),
                "give each its own id",
            );
        }
        let priority = match &entry.priority {
            Some(given) if *given.get_ref() > 7 => {
                return complain(given.span(), "priorities go from 0 (first) to 7", "choose one of these");
            }
            given => given.as_ref().map_or(0, |given| *given.get_ref()),
        };
        let PipelineEntry { core, heap_bytes, stack_bytes, .. } = *entry;
        pipelines.push(Pipeline { id, priority, core, heap_bytes, stack_bytes, span: entry.id.span() });
    }
    Ok(pipelines)
}

/// A pipeline of no widgets has nothing to run: the runtime would refuse to start it.
fn inhabited(pipelines: &[Pipeline], widgets: &[Widget]) -> Checked<()> {
    match pipelines.iter().find(|pipeline| widgets.iter().all(|widget| widget.pipeline != pipeline.id)) {
        Some(empty) => complain(
            empty.span.clone(),
            format!("pipeline {} has no widgets", empty.id),
            "put a widget in it, or leave it out",
        ),
        None => Ok(()),
    }
}

/// Where each widget is, by its name.
type Places<'w> = HashMap<&'w str, usize>;

fn places(widgets: &[Widget]) -> Checked<Places<'_>> {
    let mut places = Places::new();
    for (n, widget) in widgets.iter().enumerate() {
        if widget.name.is_empty() {
            return complain(
                widget.span.clone(),
                "this widget's name is empty",
                "routes find widgets by name",
            );
        }
        if places.insert(&widget.name, n).is_some() {
            let what = format!("there are two widgets called `{}`", widget.name);
            return complain(widget.span.clone(), what, "rename one; routes find widgets by name");
        }
    }
    Ok(places)
}

fn route(entry: &RouteEntry, widgets: &[Widget], places: &Places<'_>) -> Checked<Route> {
    let find = |name: &Spanned<String>, side: &str| {
        places.get(name.get_ref().as_str()).copied().map_or_else(
            || {
                let names: Vec<_> = widgets.iter().map(|widget| widget.name.as_str()).collect();
                let what = format!("the route {side} nowhere: there is no widget `{}`", name.get_ref());
                let meant = meant(name.get_ref(), names.iter().copied());
                complain(name.span(), what, format!("{meant}the widgets are {}", names.join(", ")))
            },
            Ok,
        )
    };
    let (from, to) = (find(&entry.from, "comes from")?, find(&entry.to, "goes to")?);
    let span = entry.from.span().start..entry.to.span().end;
    Ok(Route { from, from_queue: 0, to, to_queue: 0, span })
}

/// Gives each route the next free output and input of its widgets, in the order of the file.
fn give_ports(widgets: &[Widget], routes: &mut [Route]) -> Checked<()> {
    // By widget, the partners on its inputs and on its outputs.
    let (mut feeds, mut takes) = (vec![Vec::new(); widgets.len()], vec![Vec::new(); widgets.len()]);
    for route in routes {
        let (from, to) = (&widgets[route.from], &widgets[route.to]);
        let sides = [
            (to, to.kind.pins().0, &mut feeds[route.to], from, "producer"),
            (from, from.kind.pins().1, &mut takes[route.from], to, "consumer"),
        ];
        let mut queues = [0; 2];
        for ((here, pins, partners, partner, role), queue) in sides.into_iter().zip(&mut queues) {
            if partners.len() == usize::from(pins) {
                let what = too_many(&here.name, (partners, partner), role, widgets);
                return complain(route.span.clone(), what, "take one of the routes out");
            }
            *queue = partners.len() as u8;
            let partner = if role == "producer" { route.from } else { route.to };
            partners.push(partner);
        }
        [route.to_queue, route.from_queue] = queues;
    }
    Ok(())
}

fn too_many(name: &str, partners: (&[usize], &Widget), role: &str, widgets: &[Widget]) -> String {
    let (taken, late) = partners;
    match taken {
        [first] => {
            let (first, late) = (&widgets[*first].name, &late.name);
            format!("`{name}` has two {role}s on one port: `{first}` and `{late}`")
        }
        _ => format!("`{name}` has more than {} {role}s: `{}` finds no port", taken.len(), late.name),
    }
}

/// Puts each widget after all that feed it, as a driver sets them up; the first in the file comes first where that leaves
/// a choice (Kahn's algorithm). O(n log n).
fn in_order(widgets: Vec<Widget>, routes: Vec<Route>) -> Checked<(Vec<Widget>, Vec<Route>)> {
    let (mut missing, mut takers) = (vec![0usize; widgets.len()], vec![Vec::new(); widgets.len()]);
    for route in &routes {
        missing[route.to] += 1;
        takers[route.from].push(route.to);
    }
    let mut ready: BinaryHeap<_> = (0..widgets.len()).filter(|&n| missing[n] == 0).map(Reverse).collect();
    // Where each widget comes.
    let mut place = vec![None; widgets.len()];
    let mut order = Vec::new();
    while let Some(Reverse(next)) = ready.pop() {
        place[next] = Some(order.len());
        order.push(widgets[next].clone());
        for &taker in &takers[next] {
            missing[taker] -= 1;
            if missing[taker] == 0 {
                ready.push(Reverse(taker));
            }
        }
    }
    if order.len() < widgets.len() {
        return circle(&widgets, &routes, &place);
    }
    let placed = |route: Route| Some(Route { from: place[route.from]?, to: place[route.to]?, ..route });
    Ok((order, routes.into_iter().filter_map(placed).collect()))
}

/// Tells a circle by its widgets, at its first route: whoever has no place is in one or behind one, and going from feeder to
/// feeder ends in it.
fn circle<T>(widgets: &[Widget], routes: &[Route], place: &[Option<usize>]) -> Checked<T> {
    let mut feeders = vec![None; widgets.len()];
    let inside = routes.iter().filter(|route| place[route.from].is_none() && place[route.to].is_none());
    for route in inside {
        feeders[route.to].get_or_insert(route);
    }
    let Some(start) = place.iter().position(Option::is_none) else {
        return complain(0..0, "the routes go in a circle", "take one route of the circle out");
    };
    // Against the routes; as many steps as there are widgets end in the circle, and as many more go round it.
    let back = |widget: &usize| feeders[*widget].map(|route| route.from);
    let within = (0..widgets.len()).try_fold(start, |widget, _| back(&widget)).unwrap_or(start);
    let mut ring = vec![within];
    ring.extend(std::iter::successors(back(&within), back).take_while(|&widget| widget != within));
    ring.reverse();
    let first = (0..ring.len()).min_by_key(|&n| ring[n]).unwrap_or(0);
    ring.rotate_left(first);
    let names: Vec<_> = ring.iter().chain(ring.first()).map(|&n| widgets[n].name.as_str()).collect();
    let next = ring.get(1).or(ring.first()).copied();
    let route =
        routes.iter().find(|route| Some(route.from) == ring.first().copied() && Some(route.to) == next);
    let what = format!("the routes go in a circle: {}", names.join(" > "));
    complain(route.map_or(0..0, |route| route.span.clone()), what, "take one route of the circle out")
}

/// Ends are gateway copiers, and only ends are.
fn shape(widgets: &[Widget], routes: &[Route]) -> Checked<()> {
    let (mut fed, mut read) = (vec![false; widgets.len()], vec![false; widgets.len()]);
    for route in routes {
        (read[route.from], fed[route.to]) = (true, true);
    }
    for (n, widget) in widgets.iter().enumerate() {
        let end = matches!(widget.kind, WidgetKind::HostCopier | WidgetKind::DaiCopier);
        let (name, span) = (&widget.name, widget.span.clone());
        match (end, fed[n], read[n]) {
            (_, false, false) => {
                return complain(
                    span,
                    format!("no route goes to or from `{name}`"),
                    "route it or take it out",
                );
            }
            (true, true, true) => {
                let what = format!("`{name}` is an end, but routes go in and out");
                return complain(span, what, "make it `kind = \"copier\"`");
            }
            (false, false, true) | (false, true, false) => {
                let side = if fed[n] { "to" } else { "from" };
                let what = format!("the stream ends at `{name}`, which has no way {side} the outside");
                return complain(span, what, "put a host-copier or dai-copier there");
            }
            _ => {}
        }
    }
    Ok(())
}
