//! Writes the coefficient tables of all pairs: `cargo run --release -p headroom-resample --example generate-tables`.

mod render;

use std::{fs, io, path::Path, thread, time::Instant};

use headroom_resample::Quality;

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tables");
    // The filters of one quality take as long as those of the others together: a minute on a desk.
    let work = [Quality::Mastering, Quality::Standard, Quality::Lite].map(|quality| {
        let folder = folder.clone();
        thread::spawn(move || {
            let start = Instant::now();
            let (name, text) = render::file(quality).map_err(io::Error::other)?;
            fs::write(folder.join(&name), &text)?;
            println!("{name}: {} bytes after {:.1?}", text.len(), start.elapsed());
            Ok(())
        })
    });
    work.into_iter().try_for_each(|work| work.join().map_err(|_| io::Error::other("a thread panicked"))?)
}
