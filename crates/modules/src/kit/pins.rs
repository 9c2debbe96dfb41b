//! Pins: what a host lists for each queue behind the base configuration.

use headroom_module::wire::{PinConfig, PinConfigs};
use headroom_module::{Format, InitContext, ModuleError, Pins};

use crate::kit::parameter::within;

/// The formats that a host lists for the first `N` outputs; `None` where it lists none.
///
/// # Errors
/// [`ModuleError::BadValue`] for a listed format that no stream can have.
pub fn output_formats<const N: usize>(cx: &InitContext<'_, '_>) -> Result<[Option<Format>; N], ModuleError> {
    formats(PinConfigs::find(cx.payload().rest()).outputs())
}

/// The same for the first `N` inputs.
///
/// # Errors
/// As for [`output_formats`].
pub fn input_formats<const N: usize>(cx: &InitContext<'_, '_>) -> Result<[Option<Format>; N], ModuleError> {
    formats(PinConfigs::find(cx.payload().rest()).inputs())
}

fn formats<const N: usize>(
    pins: impl Iterator<Item = PinConfig>,
) -> Result<[Option<Format>; N], ModuleError> {
    let mut formats = [None; N];
    for (place, pin) in formats.iter_mut().zip(pins) {
        *place = Some(pin.format.format()?);
    }
    Ok(formats)
}

/// For modules whose host must list every pin.
///
/// # Errors
/// [`ModuleError::BadValue`] when it lists more or fewer inputs or outputs than `pins`.
pub fn expect_all(cx: &InitContext<'_, '_>, pins: Pins) -> Result<(), ModuleError> {
    let listed = PinConfigs::find(cx.payload().rest());
    let (inputs, outputs) = (u32::from(pins.inputs), u32::from(pins.outputs));
    within(listed.inputs().len() as u32, inputs..=inputs, "listed input pins")?;
    within(listed.outputs().len() as u32, outputs..=outputs, "listed output pins")?;
    Ok(())
}
