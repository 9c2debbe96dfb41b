//! What can be written where: not over another file of the same run, and not more than a WAV file holds.

use std::path::{Path, PathBuf};

use headroom_module::Format;

use crate::error::Error;

/// Bytes of audio that a WAV file holds: its sizes are 32 bits wide, and the largest header takes 68 bytes.
const WAV_BYTES: u128 = u32::MAX as u128 - 68;

/// `output` is not the file at `path`, which is the `what`.
///
/// # Errors
/// [`Error::SameFile`]: writing there would destroy it.
pub fn is_another_file(output: &Path, path: Option<&Path>, what: &'static str) -> Result<(), Error> {
    match (location(output), path.and_then(location)) {
        (Some(replaced), Some(other)) if replaced == other => {
            Err(Error::SameFile { path: output.to_owned(), what })
        }
        _ => Ok(()),
    }
}

/// Where the file at `path` is, or will be; `None` in a folder that is not there.
fn location(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok().or_else(|| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(folder.canonicalize().ok()?.join(path.file_name()?))
    })
}

/// `frames` in `format` fit into one WAV file; `help` is what to do where they don't.
///
/// # Errors
/// [`Error::OutputTooLong`].
pub fn fits_a_file(output: &Path, format: Format, frames: u64, help: &'static str) -> Result<(), Error> {
    let sample_bytes = u128::from(format.samples().valid_bits().div_ceil(8));
    let bytes = u128::from(frames) * format.channels() as u128 * sample_bytes;
    if bytes <= WAV_BYTES {
        return Ok(());
    }
    Err(Error::OutputTooLong { path: output.to_owned(), bytes, limit: WAV_BYTES, help })
}
