//! Writes the seeds of all corpora to `corpus/`.

use std::path::Path;

fn main() -> std::io::Result<()> {
    for headroom_fuzz::Seed { target, name, bytes } in headroom_fuzz::seeds() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}
