//! Requests that set and read what modules are configured with: short, large, in parts, and lists of vendor parameters.

use headroom_ipc4::{Fragment, LargeConfig, ModuleId};
use headroom_module::instance::ComponentId;
use headroom_runtime::{Error, Part, Runtime};

use crate::Reason;
use crate::outcome::{Outcome, check_module, component};

/// Sets a value of 16 bits: the module is handed it as a little endian word.
pub(crate) fn set_short(
    runtime: &mut Runtime<'_>,
    id: ModuleId,
    (parameter, value): (u16, u16),
) -> Result<(), Reason> {
    Ok(runtime.configure(component(id), parameter.into(), &u32::from(value).to_le_bytes())?)
}

/// Reads a value of 16 bits, which the reply has in its extension, behind its number.
pub(crate) fn short(runtime: &Runtime<'_>, id: ModuleId, parameter: u16) -> Outcome {
    let mut word = [0; 4];
    let read = runtime.configuration(component(id), parameter.into(), &mut word);
    let bytes = read.map_err(|error| (0, error.into()))?;
    let value = u32::from_le_bytes(word);
    if bytes > word.len() || value > u16::MAX.into() {
        return Err((0, Reason::NotShort { parameter, value }));
    }
    Ok((u32::from(parameter) << 16 | value, 0))
}

/// Sets a large value, or takes a part of one.
pub(crate) fn set_large(runtime: &mut Runtime<'_>, config: &LargeConfig<'_>) -> Result<(), Reason> {
    let (id, parameter, data) = (component(config.id), config.parameter, config.data);
    let part = match config.fragment {
        // Nothing of nothing: the original's collector takes that for done, and no module hears of it.
        Fragment::Single { total: 0 } | Fragment::First { total: 0 } => return check_module(runtime, id),
        Fragment::Single { .. } => return set_whole(runtime, id, parameter, data),
        Fragment::First { total } => Part::First { total: total as usize, data },
        Fragment::Middle { offset } => Part::Middle { offset: offset as usize, data },
        Fragment::Last { offset } => Part::Last { offset: offset as usize, data },
    };
    match runtime.collect(id, parameter.into(), part)? {
        Some(whole) => set_whole(runtime, id, parameter, &whole),
        None => Ok(()),
    }
}

fn set_whole(runtime: &mut Runtime<'_>, id: ComponentId, parameter: u8, data: &[u8]) -> Result<(), Reason> {
    if parameter != LargeConfig::VENDOR {
        return Ok(runtime.configure(id, parameter.into(), data)?);
    }
    check_module(runtime, id)?;
    // The list is read twice, so that a fault at its end leaves the module as it was.
    for value in LargeConfig::vendor_values(data) {
        let (kind, value) = value.map_err(Reason::VendorList)?;
        if value.is_empty() {
            return Err(Reason::VendorEmpty(kind));
        }
    }
    for (kind, value) in LargeConfig::vendor_values(data).flatten() {
        runtime.configure(id, kind, value).map_err(|error| Reason::Vendor { kind, error })?;
    }
    Ok(())
}

/// Reads a large value, whole or from an offset on.
pub(crate) fn large(runtime: &Runtime<'_>, config: &LargeConfig<'_>, reply: &mut [u8]) -> Outcome {
    let id = component(config.id);
    let plain = |reason: Reason| (0, reason);
    if config.parameter == LargeConfig::VENDOR {
        return vendor(runtime, config, reply).map_err(plain);
    }
    let parameter = config.parameter.into();
    let offset = match config.fragment {
        Fragment::Single { total } => {
            let room = reply.len().min(total as usize);
            let room = reply.get_mut(..room).unwrap_or_default();
            let length = runtime.configuration(id, parameter, room).map_err(|error| plain(error.into()))?;
            return Ok(part_read(Fragment::Single { total: length as u32 }, length));
        }
        Fragment::First { .. } => 0,
        Fragment::Middle { offset } | Fragment::Last { offset } => offset,
    };
    let read = runtime.configuration_from(id, parameter, offset as usize, reply);
    let (length, total) = read.map_err(|error| plain(error.into()))?;
    let is_last = offset as usize + length == total;
    let fragment = match (config.fragment, is_last) {
        (Fragment::First { .. }, true) => Fragment::Single { total: total as u32 },
        (Fragment::First { .. }, false) => Fragment::First { total: total as u32 },
        (_, true) => Fragment::Last { offset },
        (_, false) => Fragment::Middle { offset },
    };
    Ok(part_read(fragment, length))
}

/// The extension and the length of a reply. A profile's parameters are far smaller than the 20 bits that the word has for
/// a length.
fn part_read(fragment: Fragment, length: usize) -> (u32, usize) {
    (fragment.to_extension().unwrap_or(0), length)
}

/// Reads each parameter of a list, in one part: the reply is a list of the same types with their values.
fn vendor(runtime: &Runtime<'_>, config: &LargeConfig<'_>, reply: &mut [u8]) -> Result<(u32, usize), Reason> {
    let id = component(config.id);
    check_module(runtime, id)?;
    let Fragment::Single { total } = config.fragment else { return Err(Reason::InParts(config.fragment)) };
    let list = config.data.get(..total as usize).ok_or(Reason::VendorShort { total })?;
    let mut written = 0;
    for query in LargeConfig::vendor_queries(list) {
        let (kind, most) = query.map_err(Reason::VendorList)?;
        let place = reply.get_mut(written..).unwrap_or_default();
        written += vendor_value(runtime, id, (kind, most), place)?;
    }
    Ok(part_read(Fragment::Single { total: written as u32 }, written))
}

fn vendor_value(
    runtime: &Runtime<'_>,
    id: ComponentId,
    (kind, most): (u32, u32),
    reply: &mut [u8],
) -> Result<usize, Reason> {
    let header = LargeConfig::write_vendor_header(reply, kind, 0).map_err(|_| Reason::VendorFull(kind))?;
    let room = reply.get_mut(header..).unwrap_or_default();
    let most = room.len().min(most as usize);
    let value = room.get_mut(..most).unwrap_or_default();
    let refused = |error: Error| Reason::Vendor { kind, error };
    let length = runtime.configuration(id, kind, value).map_err(refused)?;
    LargeConfig::write_vendor_header(reply, kind, length as u32).map_err(|_| Reason::VendorFull(kind))?;
    Ok(header + length)
}
