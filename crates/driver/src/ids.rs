//! Which module each widget of a path is, and which instance of it.
//!
//! With a firmware image an id is a place in its manifest. Without one ids are those of the table here, and a UUID that no driver
//! has gets an id that no driver has. Either way the runtime puts a stand-in where the module is not here.

use std::collections::BTreeMap;

use headroom_ipc4::ModuleId;
use headroom_module::ModuleEntry;
use headroom_module::instance::STAND_IN;
use headroom_tplg::tuples::Uuid;

use crate::error::Error;
use crate::manifest::Manifest;
use crate::way::Way;

/// The ids of modules that are not here, one for each UUID: those below the stand-in's own.
const UNKNOWN_MODULES: std::ops::Range<u16> = 0xFE00..STAND_IN;

/// The ids of the widgets of `way`, instances counted per module: as `manifest` has them, or else as `modules`.
///
/// # Errors
/// The firmware does not have a module. There are more widgets of a module than a message can count, or more unknown modules
/// than there are ids for.
pub(crate) fn assign(
    way: &Way<'_>,
    modules: &[ModuleEntry],
    manifest: Option<&Manifest>,
) -> Result<Vec<ModuleId>, Error> {
    let mut unknown: Vec<Uuid> = Vec::new();
    let mut instances: BTreeMap<u16, u8> = BTreeMap::new();
    let assign = |part: usize| {
        // Every widget of a path has one.
        let uuid = way.widget(part).uuid().unwrap_or(Uuid([0; 16]));
        let too_many = |what| way.part_error(part, what, "split the topology");
        let known = match manifest {
            None => entry(modules, uuid).map(|entry| entry.module),
            Some(manifest) => Some(manifest.find(uuid).map(|entry| entry.id).ok_or_else(|| {
                let what = format!("the firmware has no module {uuid}");
                way.part_error(part, what, "name the library that has it with another `--firmware`")
            })?),
        };
        let module = known.or_else(|| unknown_module(&mut unknown, uuid)).ok_or_else(|| {
            let most = UNKNOWN_MODULES.len();
            too_many(format!("there are more than {most} modules that are not here on the way"))
        })?;
        let instance = instances.entry(module).or_insert(0);
        let id = ModuleId { module, instance: *instance };
        *instance = instance.checked_add(1).ok_or_else(|| {
            let name =
                entry(modules, uuid).map_or_else(|| uuid.to_string(), |entry| format!("`{}`", entry.name));
            too_many(format!("there are more than 255 widgets of module {name} on the way"))
        })?;
        Ok(id)
    };
    (0..way.path.widgets.len()).map(assign).collect()
}

/// The row of a module that is here.
pub(crate) fn entry(modules: &[ModuleEntry], uuid: Uuid) -> Option<&ModuleEntry> {
    modules.iter().find(|entry| entry.uuid == uuid.0)
}

/// The id for a module that is not here; none where all are taken.
fn unknown_module(unknown: &mut Vec<Uuid>, uuid: Uuid) -> Option<u16> {
    let place = unknown.iter().position(|known| *known == uuid).unwrap_or_else(|| {
        unknown.push(uuid);
        unknown.len() - 1
    });
    UNKNOWN_MODULES.clone().nth(place)
}
