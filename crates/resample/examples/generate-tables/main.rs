//! Writes the coefficient tables of all pairs: `cargo run -p headroom-resample --example generate-tables`.

mod render;

use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tables");
    for (name, text) in render::files().map_err(io::Error::other)? {
        fs::write(folder.join(&name), &text)?;
        println!("{name}: {} bytes", text.len());
    }
    Ok(())
}
