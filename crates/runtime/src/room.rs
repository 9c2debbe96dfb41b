//! Room in a core's LL pass for the modules that the core has.
//!
//! A pass has a table for the LL modules that its core has, not for all that there can be: it grows by doubling as they are
//! made, and goes with the last of them. A pass that is out gets the longer table when it is back.

use headroom_module::schedule::Domain;
use vregion::{AllocError, Region};

use crate::graph::{Graph, Seat};
use crate::pass::LlPass;

/// Modules that the first table of a pass has room for.
const LEAST_ROOM: usize = 8;

impl<'m> Graph<'m> {
    /// Room in a core's pass for all LL modules that it has.
    pub(crate) fn make_room(&mut self, region: &Region<'m>, core: u8) -> Result<(), AllocError> {
        let (modules, most) = (self.ll_modules(core), self.seats.len());
        let Some(lane) = self.lanes.get_mut(usize::from(core)).filter(|lane| lane.room < modules) else {
            return Ok(());
        };
        let room = modules.next_power_of_two().max(LEAST_ROOM).min(most);
        lane.longer = Some(LlPass::table(region, room)?);
        lane.room = room;
        Ok(())
    }

    /// Gives the table of a core's pass back when its last LL module has gone. None of them is out then.
    pub(crate) fn give_up_room(&mut self, core: u8) {
        if self.ll_modules(core) > 0 {
            return;
        }
        let Some(lane) = self.lanes.get_mut(usize::from(core)) else { return };
        (lane.longer, lane.room) = (None, 0);
        if let Some(pass) = &mut lane.pass {
            pass.clear();
        }
    }

    fn ll_modules(&self, core: u8) -> usize {
        let is_here = |seat: &&Seat<'m>| seat.domain == Domain::Ll && seat.core == core;
        self.seats.iter().flatten().filter(is_here).count()
    }
}
