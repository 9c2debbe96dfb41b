//! What images link: built for a Cortex-M4, as `bench/image` has them.

use std::path::{Path, PathBuf};
use std::process::Command;

const CHIP: &str = "thumbv7em-none-eabihf";

/// Builds the images, or says why that can't be done here.
fn images() -> Result<PathBuf, String> {
    let targets = Command::new("rustup").args(["target", "list", "--installed"]).output();
    let targets = targets.map_err(|error| format!("rustup does not run: {error}"))?;
    if !String::from_utf8_lossy(&targets.stdout).lines().any(|target| target == CHIP) {
        return Err(format!("the target is not installed; `rustup target add {CHIP}` does that"));
    }
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../bench/image/Cargo.toml");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("image");
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["build", "--release", "--locked", "--quiet", "--target", CHIP, "--manifest-path"])
        .arg(manifest);
    // Flags of this build are not meant for a chip.
    cargo.arg("--target-dir").arg(&folder).env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    let built = cargo.output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    Ok(folder.join(CHIP).join("release"))
}

/// Bytes of an image's constants: of the sections that are loaded, and neither code nor zeroed at the start.
fn constant_bytes(elf: &[u8]) -> u32 {
    let half = |at: usize| usize::from(u16::from_le_bytes(elf[at..at + 2].try_into().unwrap()));
    let word = |at: usize| u32::from_le_bytes(elf[at..at + 4].try_into().unwrap());
    assert_eq!((&elf[..4], elf[4]), (&b"\x7FELF"[..], 1), "a 32-bit ELF file");
    // The section headers: 40 bytes each, with type, flags and size.
    let (table, entry, count) = (word(0x20) as usize, half(0x2E), half(0x30));
    let headers = (0..count).map(|n| table + n * entry);
    const NO_BITS: u32 = 8;
    const ALLOCATED: u32 = 2;
    const EXECUTABLE: u32 = 4;
    let constant = |at: &usize| word(at + 8) & (ALLOCATED | EXECUTABLE) == ALLOCATED;
    headers.filter(|at| word(at + 4) != NO_BITS).filter(constant).map(|at| word(at + 20)).sum()
}

#[test]
fn two_pairs_of_rates_cost_what_they_need() {
    let folder = match images() {
        Ok(folder) => folder,
        Err(reason) => {
            // Past the harness, which shows nothing of a test that passes.
            use std::io::Write;
            writeln!(std::io::stderr(), "SKIPPED: the size of images for {CHIP}: {reason}").unwrap();
            return;
        }
    };
    let [none, two, all] = ["no-pairs", "two-pairs", "all-pairs"]
        .map(|name| constant_bytes(&std::fs::read(folder.join(name)).unwrap()));
    println!("bytes of constants: {none} without a pair, {two} with two, {all} with all");
    // The coefficients of both stages of each, of 4 bytes. Beside them lie the plans that refer to them.
    let tables: u32 = [(44_100, 48_000), (48_000, 44_100)]
        .map(|(from, to)| {
            let plan = headroom_resample::plan(from, to, headroom_resample::Quality::Standard).unwrap();
            plan.stages().iter().map(|stage| 4 * stage.coefficients.len() as u32).sum::<u32>()
        })
        .iter()
        .sum();
    assert!(two - none >= tables, "{} bytes can't hold {tables} of tables", two - none);
    assert!(two - none <= tables + 256, "{} bytes more than none, of which {tables} are tables", two - none);
    assert!(all - none > 20 * (two - none), "all pairs are {} bytes more than none", all - none);
}
