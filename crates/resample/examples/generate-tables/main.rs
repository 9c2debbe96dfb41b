//! Writes the coefficient tables of all pairs: `cargo run --release -p headroom-resample --example generate-tables`.

mod render;

use std::{fs, io, path::Path, thread, time::Instant};

use headroom_resample::Quality;

/// `None` is the file of the conversions in one stage.
const FILES: [Option<Quality>; 4] =
    [Some(Quality::Mastering), None, Some(Quality::Standard), Some(Quality::Lite)];

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tables");
    let work = FILES.map(|quality| {
        let folder = folder.clone();
        thread::spawn(move || {
            let start = Instant::now();
            let made = quality.map_or_else(render::direct, render::file);
            let (name, text) = made.map_err(io::Error::other)?;
            fs::write(folder.join(&name), &text)?;
            println!("{name}: {} bytes after {:.1?}", text.len(), start.elapsed());
            Ok(())
        })
    });
    work.into_iter().try_for_each(|work| work.join().map_err(|_| io::Error::other("a thread panicked"))?)
}
