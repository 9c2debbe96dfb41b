//! What a host said of the pins behind the first ones, kept for as long as the module lives.
//!
//! The first input and output are what the base configuration says, also where pins are listed, as in the original.

use headroom_module::instance::InitConfig;
use headroom_module::memory::Lifetime;
use headroom_module::wire::{PinConfig, PinConfigs};
use headroom_module::{Block, Format, ModuleError, Pins};
use vregion::AllocError;

use crate::Side;

/// One pin. A format that no stream can have is told when something is bound there: until then nobody needs it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Pin {
    side: Side,
    queue: u8,
    pub(crate) block: u32,
    pub(crate) format: Result<Format, ModuleError>,
}

/// The pins of a module from number 1 on, as far as it has them and the host listed them.
#[derive(Default)]
pub(crate) struct ListedPins<'m>(Option<Block<'m, [Pin]>>);

impl<'m> ListedPins<'m> {
    /// Takes memory for those of `config` that a module with `pins` has; most modules have none.
    pub(crate) fn make(
        memory: &Lifetime<'m>,
        config: &InitConfig<'_>,
        pins: Pins,
    ) -> Result<Self, AllocError> {
        let listed = PinConfigs::find(config.payload);
        let inputs = on(Side::Input, listed.inputs().take(pins.inputs.into()));
        let mut all = inputs.chain(on(Side::Output, listed.outputs().take(pins.outputs.into())));
        let Some(first) = all.next() else { return Ok(Self(None)) };
        let mut block = memory.slice(1 + all.size_hint().0, first, "listed pins")?;
        block.iter_mut().skip(1).zip(all).for_each(|(kept, pin)| *kept = pin);
        Ok(Self(Some(block)))
    }

    pub(crate) fn find(&self, side: Side, queue: u8) -> Option<Pin> {
        let pins = self.0.as_deref().unwrap_or_default();
        pins.iter().find(|pin| (pin.side, pin.queue) == (side, queue)).copied()
    }
}

/// All but the first, with their numbers.
fn on(side: Side, configs: impl ExactSizeIterator<Item = PinConfig>) -> impl Iterator<Item = Pin> {
    let pin = move |(config, queue): (PinConfig, u8)| {
        let PinConfig { block, format } = config;
        Pin { side, queue, block, format: format.format() }
    };
    configs.zip(0..).skip(1).map(pin)
}
