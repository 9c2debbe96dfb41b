//! The stand-in for a module that nothing here makes: passes its first input on and takes the memory that was declared.
//!
//! ```text
//!   input 0   ─► every output whose reader runs, converted to the format that is listed for it
//!   input 1…  ─► nothing: taken, so that whoever feeds them goes on
//! ```
//!
//! A topology can so be run, and its memory be planned, before all its modules are there. What a stand-in uses is what
//! was declared, never a measurement of the module that it stands for; snapshots say so.

use headroom_module::schedule::Domain;
use headroom_module::{
    Block, Configure, Format, InitContext, Module, ModuleBox, ModuleEntry, ModuleError, Pins, Prepare,
    Process,
};

use crate::copier::channels::{self, Route};
use crate::kit::channel_map::ChannelMap;
use crate::kit::{pins, stream};

/// The stand-in's row of a module table: it makes what no other row makes. Not among [`MODULES`](crate::MODULES): whether
/// an unknown module is an error or gets a stand-in is the platform's choice.
pub const STAND_IN: ModuleEntry = ModuleEntry {
    name: "stand-in",
    uuid: [0xFF; 16],
    module: headroom_module::instance::STAND_IN,
    pins: Pins { inputs: 4, outputs: OUTPUTS as u8 },
    init,
};

const OUTPUTS: usize = 4;

struct StandIn<'m> {
    format: Format,
    /// What was listed for each output.
    listed: [Option<Format>; OUTPUTS],
    /// What comes, once that is known.
    stream: Format,
    domain: Domain,
    interim_bytes: usize,
    interim: Option<Block<'m, [u8]>>,
    _lifetime: Option<Block<'m, [u8]>>,
}

/// A DP module's declaration is its region, rings and all, and that is taken with the region; so its stand-in takes what is
/// left of it when the stream is prepared. An LL module lives in a region with others: there it takes the bytes
/// themselves.
fn init<'m>(cx: &mut InitContext<'_, 'm>) -> Result<ModuleBox<'m>, ModuleError> {
    let config = *cx.config();
    let ll = config.domain == Domain::Ll;
    let lifetime = match config.declared.lifetime_bytes {
        bytes if ll && bytes > 0 => Some(cx.memory().slice(bytes, 0, "declared lifetime memory")?),
        _ => None,
    };
    let interim_bytes = config.declared.interim_bytes;
    let listed = pins::output_formats(cx)?;
    let (format, domain) = (config.format, config.domain);
    let (stream, interim) = (format, None);
    cx.place(StandIn { format, listed, stream, domain, interim_bytes, interim, _lifetime: lifetime })
}

impl StandIn<'_> {
    /// What an output gives out: what was listed for it, at the rate that comes.
    ///
    /// # Errors
    /// [`ModuleError::UnsupportedRates`] where the module would have changed the rate.
    fn output(&self, queue: usize) -> Result<Format, ModuleError> {
        let (from, listed) = (self.stream.rate(), self.listed.get(queue).copied().flatten());
        match listed {
            Some(format) if format.rate() == 0 => Ok(format.with_rate(from)),
            Some(format) if format.rate() != from => {
                Err(ModuleError::UnsupportedRates { from, to: format.rate() })
            }
            Some(format) => Ok(format),
            None => Ok(self.stream),
        }
    }
}

impl<'m> Module<'m> for StandIn<'m> {
    fn prepare(&mut self, cx: &mut Prepare<'_, 'm>) -> Result<(), ModuleError> {
        self.stream = stream::expect(cx, self.format)?;
        for queue in 0..cx.outputs.len() {
            // What an output that nothing is bound to was listed with is nobody's concern.
            if let Some(output) = cx.outputs.get_mut(queue).filter(|output| output.format().is_some()) {
                output.set_format(self.output(queue)?);
            }
        }
        let bytes = match self.domain {
            Domain::Ll => self.interim_bytes,
            Domain::Dp => cx.memory().largest_free(),
        };
        if self.interim.is_none() && bytes > 0 {
            self.interim = Some(cx.memory().slice(bytes, 0, "declared memory")?);
        }
        Ok(())
    }

    fn process(&mut self, cx: &mut Process<'_, 'm>) -> Result<(), ModuleError> {
        let Some((first, others)) = cx.inputs.split_first_mut() else { return Ok(()) };
        others.iter_mut().try_for_each(stream::discard)?;
        let Some(room) = stream::room(cx.outputs) else { return Ok(()) };
        let frames = first.available().min(room);
        for queue in 0..cx.outputs.len() {
            let Some(output) = cx.outputs.get_mut(queue).filter(|output| output.is_open()) else { continue };
            let route = Route { from: self.stream, to: self.output(queue)?, map: ChannelMap::STRAIGHT };
            if route.changes_nothing() {
                stream::lay_out(first, output, frames);
            } else {
                channels::convert(first, output, &route, frames)?;
            }
            output.commit(frames)?;
        }
        first.release(frames)
    }

    fn reset(&mut self) {
        self.interim = None;
    }

    /// Takes whatever the module that it stands for would: what that makes of it nobody here knows.
    fn configure(&mut self, _: &mut Configure<'_, 'm>, _: u32, _: &[u8]) -> Result<(), ModuleError> {
        Ok(())
    }
}
