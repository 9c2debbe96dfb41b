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

/// The graph of `topology` as a DOT file for Graphviz, called `title`.
pub fn dot(topology: &Topology<'_>, title: &str) -> String {
    dot::draw(&Picture::new(&Graph::new(topology)), title)
}

/// The graph of `topology` as an SVG file, called `title`. Cost: for pipelines that are connected with each other the cube of
/// their number, up to 48 of them; linear in widgets times routes otherwise.
pub fn svg(topology: &Topology<'_>, title: &str) -> String {
    svg::draw(&Picture::new(&Graph::new(topology)), title)
}
