//! The order of an LL pass: which module runs after which.
//!
//! ```text
//!   pipeline 1 (made second)   a ─► b ─┐
//!   pipeline 2 (made first)            └─► x ─► y        order: a b x y
//! ```

use headroom_module::schedule::Domain;

use crate::graph::{Edge, Graph, Pipeline, Seat};
use crate::state::PipelineState;

impl<'m> Graph<'m> {
    /// Works out the order in which an LL pass visits the LL modules of complete pipelines: by priority of their
    /// pipelines; among equal ones each module after all that feed it, from whichever pipeline; where that leaves a choice,
    /// pipeline by pipeline as they were made. O(modules x log modules), with routes between pipelines of one priority
    /// O(modules x (modules + edges)).
    pub(crate) fn reorder(&mut self) {
        self.order.clear();
        for index in 0..self.seats.len() {
            let runs = |seat: &Seat<'m>| {
                let complete = |p: &Pipeline<'m>| p.state != PipelineState::Init;
                seat.domain == Domain::Ll && self.pipeline(seat.pipeline).is_ok_and(complete)
            };
            if self.seat(index).is_some_and(runs) {
                self.order.push(index as u16);
            }
        }
        let (seats, pipelines) = (&self.seats, &self.pipelines);
        let key = |index: &u16| {
            let seat = seats[usize::from(*index)].as_ref();
            let pipeline = seat.and_then(|s| pipelines.iter().flatten().find(|p| p.id == s.pipeline));
            (pipeline.map(|p| (p.priority, p.sequence)), seat.map(|s| s.rank))
        };
        self.order.as_mut().sort_unstable_by_key(key);
        if self.count_waits() {
            self.feeders_first();
        }
        self.note_change();
    }

    /// Counts for every module those that have to run before it, and tells whether any is of another pipeline.
    fn count_waits(&mut self) -> bool {
        self.seats.iter_mut().flatten().for_each(|seat| seat.waits = 0);
        let mut crosses = false;
        for n in 0..self.edges.len() {
            let edge = self.edges[n].as_ref().map(|bound| bound.edge);
            let Some(edge) = edge.filter(|edge| self.orders(edge)) else { continue };
            let pipeline = self.seat(edge.source).map(|seat| seat.pipeline);
            if let Some(sink) = self.seat_mut(edge.sink) {
                sink.waits += 1;
                crosses |= pipeline != Some(sink.pipeline);
            }
        }
        crosses
    }

    /// Whether an edge says who runs first in a pass: both ends are LL, of complete pipelines of one priority.
    fn orders(&self, edge: &Edge) -> bool {
        let priority = |index: usize| {
            let seat = self.seat(index).filter(|seat| seat.domain == Domain::Ll)?;
            let pipeline = self.pipeline(seat.pipeline).ok()?;
            (pipeline.state != PipelineState::Init).then_some(pipeline.priority)
        };
        priority(edge.source).is_some_and(|first| priority(edge.sink) == Some(first))
    }

    /// Moves modules back behind those that feed them (Kahn's algorithm, stable). A circle through several pipelines is
    /// cut before the module that would come first: it hears the others one tick later, through its ring.
    fn feeders_first(&mut self) {
        for n in 0..self.order.len() {
            let waits =
                |index: &u16| self.seat((*index).into()).map(|seat| (seat.waits > 0, self.priority(seat)));
            let rest = &self.order[n..];
            let priority = rest.first().and_then(waits).map(|(_, priority)| priority);
            let free = rest.iter().position(|index| waits(index) == priority.map(|p| (false, p)));
            self.order.as_mut()[n..=n + free.unwrap_or(0)].rotate_right(1);
            self.note_ordered(self.order[n].into());
        }
    }

    /// A module is in the order: those that it feeds wait for one less.
    fn note_ordered(&mut self, index: usize) {
        for n in 0..self.edges.len() {
            let edge = self.edges[n].as_ref().map(|bound| bound.edge);
            let Some(edge) = edge.filter(|edge| edge.source == index && self.orders(edge)) else { continue };
            if let Some(sink) = self.seat_mut(edge.sink) {
                sink.waits = sink.waits.saturating_sub(1);
            }
        }
    }

    fn priority(&self, seat: &Seat<'m>) -> u8 {
        self.pipeline(seat.pipeline).map_or(u8::MAX, |pipeline| pipeline.priority)
    }
}
