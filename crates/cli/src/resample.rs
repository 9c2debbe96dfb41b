//! `headroom resample`: converts a file, and says what was clipped.

use std::io::IsTerminal;
use std::time::Instant;

use headroom_audio::{Converted, FileConversion, convert_file};

use crate::arguments::Resample;
use crate::error::Error;
use crate::terminal::{bar, tell};

pub(crate) fn resample(arguments: &Resample) -> Result<(), Error> {
    let conversion = FileConversion {
        input: arguments.input.clone(),
        output: arguments.output.clone(),
        rate: arguments.rate,
        quality: arguments.quality,
    };
    let bar = bar("frames");
    let began = Instant::now();
    let outcome = convert_file(&conversion, &mut |done, all| {
        // A file that does not say how long it is fills the bar at once; the count still runs.
        bar.set_length(all.unwrap_or(done));
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let done = outcome?;
    warn(&done);
    if std::io::stderr().is_terminal() {
        let (path, seconds) = (arguments.output.display(), began.elapsed().as_secs_f64());
        tell(&format!("wrote {path}: {}, {} frames, in {seconds:.2} s", done.output, done.frames_out));
    }
    Ok(())
}

/// Nothing is clipped silently.
fn warn(done: &Converted) {
    let channels = done.input.channels() as u64;
    let sides =
        [("input", done.clipped.input, done.frames_in), ("output", done.clipped.output, done.frames_out)];
    for (side, clipped, frames) in sides {
        if clipped > 0 {
            let all = frames * channels;
            tell(&format!(
                "warning: {clipped} of {all} samples of the {side} were beyond full scale and are clipped; lower the \
                 level of the input to keep them"
            ));
        }
    }
}
