//! A topology as a picture: pipelines as boxes, widgets in them, and formats on the edges.
//!
//! ```text
//!   Graph ─► Picture ─┬─► DOT                                                    for Graphviz
//!   what is drawn   └─► layers ─► rows ─► route ─► SVG                         nothing else is needed
//!                       columns   lanes   lines
//! ```
//!
//! Widgets are in columns, each right of all that feed it. A pipeline has a lane of rows for as many columns as it is long.
//! Lines between pipelines run in the gaps between columns and rows, each on a track of its own, so that none goes through a
//! widget or along another line.

mod dot;
mod layers;
mod picture;
mod place;
mod route;
mod rows;
mod svg;
#[cfg(test)]
mod tests;

use headroom_tplg::Topology;

use headroom_topology::Graph;
use picture::Picture;

/// How a topology is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Drawing<'d> {
    /// What it is called.
    pub title: &'d str,
    /// On which background.
    pub theme: Theme,
    /// What widgets say beside their name, kind and PCMs.
    pub details: &'d [Details],
}

impl<'d> Drawing<'d> {
    /// On white, without details.
    pub fn titled(title: &'d str) -> Self {
        Self { title, theme: Theme::Light, details: &[] }
    }
}

/// The background.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// White, as paper.
    Light,
    /// Nearly black, as many screens.
    Dark,
}

/// More that a widget says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Details {
    /// The memory that it asks for.
    Memory,
    /// The names of its controls.
    Controls,
}

/// The graph of `topology` as a DOT file for Graphviz.
pub fn dot(topology: &Topology<'_>, drawing: &Drawing<'_>) -> String {
    dot::draw(&Picture::new(&Graph::new(topology), drawing.details), drawing)
}

/// The graph of `topology` as an SVG file. Cost: for pipelines that are connected with each other the cube of their number, up to
/// 48 of them; n log n in widgets and routes otherwise.
pub fn svg(topology: &Topology<'_>, drawing: &Drawing<'_>) -> String {
    svg::draw(&Picture::new(&Graph::new(topology), drawing.details), drawing)
}
