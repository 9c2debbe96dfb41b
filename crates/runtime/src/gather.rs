//! Where LL modules are: in their seats while they rest, in the pass of their core while they run.
//!
//! ```text
//!   seats    [ src ] [ - ] [ - ] [ mixer ]         src is DP, mixer rests
//!                      │     └───────┐
//!   lanes    core 0 [ gain ]  core 1 [ copier ]    what runs, in the order of the run; or nothing, while the pass is out
//! ```
//!
//! What runs lies side by side, and goes to whoever runs it as a whole. Modules move from one to the other when what runs
//! changes, before the next tick, and not in every one.

use headroom_module::Block;
use headroom_module::schedule::Tick;

use crate::graph::{Graph, Seat};
use crate::instance::Instance;
use crate::lane::Lane;
use crate::pass::{LlPass, Member};
use crate::state::ModuleState;

impl<'m> Graph<'m> {
    /// The module at an index, unless it is out with a job or a pass.
    pub(crate) fn instance(&self, index: usize) -> Option<&Instance<'m>> {
        let seat = self.seat(index)?;
        let Some(step) = seat.step else { return seat.instance.as_deref() };
        let pass = self.lanes.get(usize::from(seat.core))?.pass.as_ref()?;
        pass.member(step)?.instance.as_deref()
    }

    /// As [`instance`](Self::instance).
    pub(crate) fn instance_mut(&mut self, index: usize) -> Option<&mut Instance<'m>> {
        self.home_of(index)?.as_deref_mut()
    }

    /// Takes the module at an index, unless it is out; [`put`](Self::put) brings it back.
    pub(crate) fn take(&mut self, index: usize) -> Option<Block<'m, Instance<'m>>> {
        self.home_of(index)?.take()
    }

    pub(crate) fn put(&mut self, index: usize, instance: Block<'m, Instance<'m>>) {
        if let Some(home) = self.home_of(index) {
            *home = Some(instance);
        }
    }

    /// Where a module is when it is here: its seat, or the pass of its core.
    fn home_of(&mut self, index: usize) -> Option<&mut Option<Block<'m, Instance<'m>>>> {
        let seat = self.seats.get_mut(index)?.as_mut()?;
        let Some(step) = seat.step else { return Some(&mut seat.instance) };
        let pass = self.lanes.get_mut(usize::from(seat.core))?.pass.as_mut()?;
        Some(&mut pass.member_mut(step)?.instance)
    }

    pub(crate) fn is_out(&self, index: usize) -> bool {
        self.seat(index).is_some() && self.instance(index).is_none()
    }

    /// What runs, or its order, is another from now on.
    pub(crate) fn note_change(&mut self) {
        self.flows_stale = true;
        self.lanes_stale = true;
        self.lanes.iter_mut().for_each(|lane| lane.stale = true);
    }

    /// Gathers in each core's pass what runs now. A pass that is out is gathered when it is back. O(1), or O(modules x
    /// cores) after a change.
    pub(crate) fn gather(&mut self) {
        if !core::mem::take(&mut self.lanes_stale) {
            return;
        }
        for core in 0..self.lanes.len() {
            let lane = &mut self.lanes[core];
            lane.due = false;
            if !lane.stale {
                continue;
            }
            let Some(mut pass) = lane.pass.take() else {
                self.lanes_stale = true;
                continue;
            };
            lane.stale = false;
            self.gather_into(&mut pass);
            self.lanes[core].pass = Some(pass);
        }
        let used = |lane: &Lane<'m>| lane.pass.as_ref().is_none_or(|pass| !pass.is_empty());
        self.lanes_used = self.lanes.iter().rposition(used).map_or(0, |last| last + 1);
    }

    fn gather_into(&mut self, pass: &mut LlPass<'m>) {
        while let Some(member) = pass.pop() {
            let Some(member) = member else { continue };
            if let Some(seat) = self.seat_mut(member.seat.into()) {
                (seat.instance, seat.step) = (member.instance, None);
            }
        }
        let longer = self.lanes.get_mut(usize::from(pass.core())).and_then(|lane| lane.longer.take());
        if longer.is_some() {
            pass.set_table(longer);
        }
        for rank in 0..self.order.len() {
            let index = self.order[rank];
            let runs = |seat: &&mut Seat<'m>| seat.core == pass.core() && seat.state == ModuleState::Active;
            let Some(seat) = self.seat_mut(index.into()).filter(runs) else { continue };
            let Some(instance) = seat.instance.take() else { continue };
            seat.step = Some(pass.push(Member {
                instance: Some(instance),
                component: seat.id,
                pipeline: seat.pipeline,
                seat: index,
                rank: rank as u16,
                stopped: false,
                news: None,
            }));
        }
    }

    /// Makes the passes that are here ready for a tick; returns how many have something to run.
    pub(crate) fn begin_passes(&mut self, tick: Tick) -> u8 {
        let mut due = 0;
        for lane in self.lanes.iter_mut().take(self.lanes_used) {
            lane.due = false;
            if let Some(pass) = lane.pass.as_mut().filter(|pass| !pass.is_empty()) {
                pass.rewind(tick);
                lane.due = true;
                due += 1;
            }
        }
        due
    }

    /// Lets the modules of a pipeline rest that would come yet in this tick, on all cores whose passes are not out.
    pub(crate) fn stop(&mut self, pipeline: u8) {
        let here = self.lanes.iter_mut().filter_map(|lane| lane.pass.as_mut());
        here.for_each(|pass| pass.stop(pipeline));
    }

    /// The pass that is not out and whose next module comes first in the order of all cores.
    pub(crate) fn next_pass(&mut self) -> Option<&mut LlPass<'m>> {
        let due = self.lanes.iter_mut().filter(|lane| lane.due).filter_map(|lane| lane.pass.as_mut());
        let next = due.filter_map(|pass| Some((pass.next_rank()?, pass)));
        next.min_by_key(|(rank, _)| *rank).map(|(_, pass)| pass)
    }
}
