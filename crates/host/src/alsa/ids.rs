//! Which module each widget of a path is, and which instance of it.
//!
//! With a firmware image an id is a place in its manifest. Without one ids are those of the table here, and a UUID that no driver
//! has gets an id that no driver has. Either way the runtime puts a stand-in where the module is not here.

use std::collections::BTreeMap;

use headroom_ipc4::ModuleId;
use headroom_module::STAND_IN;
use headroom_modules::MODULES;
use headroom_tplg::tuples::Uuid;

use super::file::AlsaTopology;
use super::firmware::Firmware;
use super::graph::Graph;
use super::path::PcmPath;
use crate::error::Error;

/// The ids of modules that are not here, one for each UUID: those below the stand-in's own.
const UNKNOWN_MODULES: std::ops::Range<u16> = 0xFE00..STAND_IN;

/// The ids of the widgets of `path`, instances counted per module.
///
/// # Errors
/// The firmware does not have a module. There are more widgets of a module than a message can count, or more unknown modules than there are ids for.
pub(crate) fn assign(
    file: &AlsaTopology,
    (graph, path): (&Graph<'_>, &PcmPath),
    firmware: Option<&Firmware>,
) -> Result<Vec<ModuleId>, Error> {
    let mut unknown: Vec<Uuid> = Vec::new();
    let mut instances: BTreeMap<u16, u8> = BTreeMap::new();
    let assign = |&place: &usize| {
        let widget = &graph.widgets[place];
        // Every widget of a path has one.
        let uuid = widget.uuid().unwrap_or(Uuid([0; 16]));
        let too_many = |what| file.error(&format!("widget `{}`", widget.name()), what, "split the topology");
        let known = match firmware {
            None => driver(uuid).map(|driver| driver.module),
            Some(firmware) => Some(firmware.find(uuid).map(|entry| entry.id).ok_or_else(|| {
                let what = format!("the firmware has no module {uuid}");
                let help = "name the library that has it with another `--firmware`";
                file.error(&format!("widget `{}`", widget.name()), what, help)
            })?),
        };
        let module = known.or_else(|| unknown_module(&mut unknown, uuid)).ok_or_else(|| {
            let most = UNKNOWN_MODULES.len();
            too_many(format!("there are more than {most} modules that are not here on the way of the PCM"))
        })?;
        let instance = instances.entry(module).or_insert(0);
        let id = ModuleId { module, instance: *instance };
        *instance = instance.checked_add(1).ok_or_else(|| {
            too_many(format!("there are more than 255 widgets of the module {uuid} on the way of the PCM"))
        })?;
        Ok(id)
    };
    path.widgets.iter().map(assign).collect()
}

/// The driver of a module that is here.
pub(crate) fn driver(uuid: Uuid) -> Option<&'static headroom_module::ModuleEntry> {
    MODULES.iter().find(|driver| driver.uuid == uuid.0)
}

/// The id for a module that is not here; none where all are taken.
fn unknown_module(unknown: &mut Vec<Uuid>, uuid: Uuid) -> Option<u16> {
    let place = unknown.iter().position(|known| *known == uuid).unwrap_or_else(|| {
        unknown.push(uuid);
        unknown.len() - 1
    });
    UNKNOWN_MODULES.clone().nth(place)
}
