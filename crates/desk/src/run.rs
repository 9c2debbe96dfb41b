//! Plays one stream of a compiled topology.

use std::path::PathBuf;

use headroom_module::ModuleEntry;
use headroom_modules::{MODULES, STAND_IN};
use headroom_tplg::TokenEra;
use headroom_tplg::tuples::Uuid;

use super::file::{AlsaTopology, PcmStream};
use super::firmware::Firmware;
use super::plan::plan;
use crate::error::Error;
use crate::executor::Execution;
use crate::play::EndFile;
use crate::session::{Stage, Watch, perform};

/// What plays, where to, and what the file's tokens mean.
#[derive(Clone, Debug)]
pub struct AlsaOptions {
    /// The WAV file for the first source; a signal of a second without one.
    pub input: Option<PathBuf>,
    /// The WAV file for the first sink; without one the audio is measured and dropped.
    pub output: Option<PathBuf>,
    /// Files of other ends, by widget.
    pub others: Vec<EndFile>,
    /// The file that the session is recorded into, see [`Recording`](crate::Recording).
    pub record: Option<PathBuf>,
    /// Who runs DP modules.
    pub execution: Execution,
    /// The firmware image that says which module has which id and which are DP, and libraries; without it the ids are those
    /// of the table here.
    pub firmware: Vec<PathBuf>,
    /// What the memory tokens mean.
    pub era: TokenEra,
    /// A script of `amixer` and `sleep` lines.
    pub controls: Option<PathBuf>,
}

/// Opens, plays and closes `stream` of `file`, as Linux would. Modules that are not here are stand-ins.
///
/// # Errors
/// Whatever the topology, the files, the script or the runtime object to.
pub fn run(
    file: &AlsaTopology,
    stream: &PcmStream,
    options: &AlsaOptions,
    watch: &mut Watch<'_>,
) -> Result<(), Error> {
    let firmware = Firmware::load(&options.firmware)?;
    let drivers = drivers(&options.firmware, &firmware);
    let (plan, demand) = plan(file, stream, (options, &firmware))?;
    let stage = Stage {
        drivers: &drivers,
        demand,
        // A session goes to others: it names the topology, not the file.
        name: format!("{}, {stream}", file.path().file_stem().unwrap_or_default().display()),
        record: options.record.as_deref(),
        execution: options.execution,
        refused: &|_, refusal, _| Error::RefusedStream {
            place: format!("{}: {stream}", file.path().display()),
            refusal: Box::new(refusal),
        },
    };
    perform(plan, &stage, watch)
}

/// The rows of the module table: with the ids of a firmware those that it has.
fn drivers(named: &[PathBuf], firmware: &Firmware) -> Vec<ModuleEntry> {
    let row = |driver: &ModuleEntry| match firmware.find(Uuid(driver.uuid)) {
        Some(entry) => Some(ModuleEntry { module: entry.id, ..*driver }),
        None => named.is_empty().then_some(*driver),
    };
    MODULES.iter().filter_map(row).chain([STAND_IN]).collect()
}
