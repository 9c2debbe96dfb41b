//! C programs that include the header, are linked with the archive, and do what firmware does.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what it expects by unwrapping it")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

const CRATE: &str = env!("CARGO_MANIFEST_DIR");
const SCRATCH: &str = env!("CARGO_TARGET_TMPDIR");

/// What a program needs beside the archive for Rust's std.
const LIBRARIES: [&str; 5] = ["-lgcc_s", "-lpthread", "-lm", "-ldl", "-lc"];

/// The archive, built once, in a folder of its own: the one that this test was built with may be in use, and has
/// no fixed name.
fn archive() -> PathBuf {
    static ARCHIVE: OnceLock<PathBuf> = OnceLock::new();
    ARCHIVE.get_or_init(|| build(&[]).join("debug/libvregion_capi.a")).clone()
}

/// Builds the archive with some arguments more; gives the target folder.
fn build(arguments: &[&str]) -> PathBuf {
    let target = Path::new(SCRATCH).join("archive");
    let manifest = Path::new(CRATE).join("Cargo.toml");
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--offline", "--lib", "--manifest-path"]).arg(manifest).args(arguments);
    run(build.arg("--target-dir").arg(&target).env_remove("CARGO_BUILD_TARGET"));
    target
}

/// Says that a test was not run, past the harness, which would keep it to itself.
fn skipped(why: &str) {
    std::io::stderr().write_all(format!("\nSKIPPED: {why}\n").as_bytes()).unwrap();
}

/// Runs a command that must succeed; gives what it printed.
fn run(command: &mut Command) -> String {
    let done = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{command:?}: {}\n{errors}", done.status);
    String::from_utf8(done.stdout).unwrap()
}

/// The compiler, or a loud word that there is none.
fn compiler() -> Option<&'static str> {
    let found =
        ["gcc", "cc", "clang"].into_iter().find(|name| Command::new(name).arg("--version").output().is_ok());
    if found.is_none() {
        skipped("no C compiler (gcc, cc, clang), so the C programs of vregion-capi were not run");
    }
    found
}

/// Builds and runs a program; gives what it printed, or `None` without a compiler.
fn program(name: &str) -> Option<String> {
    let compiler = compiler()?;
    let (source, binary) = (Path::new(CRATE).join("tests/c").join(name), Path::new(SCRATCH).join(name));
    let binary = binary.with_extension("bin");
    let mut build = Command::new(compiler);
    build.args(["-std=c99", "-O1", "-g", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]);
    build.arg("-I").arg(Path::new(CRATE).join("include")).arg("-o").arg(&binary).arg(source);
    run(build.arg(archive()).args(LIBRARIES));
    Some(run(&mut Command::new(binary)))
}

#[test]
fn a_dp_module_lives_in_a_region() {
    if let Some(printed) = program("dp_module.c") {
        assert_eq!(printed, "dp module: ok\n");
    }
}

#[test]
fn the_three_page_test_of_sof_passes() {
    if let Some(printed) = program("three_pages.c") {
        assert_eq!(printed, "three pages: ok\n");
    }
}

#[test]
fn two_threads_share_a_region() {
    if let Some(printed) = program("two_threads.c") {
        assert_eq!(printed, "two threads: ok\n");
    }
}

/// The header is C++ as well, and its functions keep their C names there.
#[test]
fn a_c_plus_plus_program_links() {
    const SOURCE: &str = "#include <vregion.h>\n\
        int main() { return vregion_create(0) == nullptr && vregion_put(nullptr) == nullptr ? 0 : 1; }\n";
    if Command::new("g++").arg("--version").output().is_err() {
        return skipped("no g++, so the header of vregion-capi was not compiled as C++");
    }
    let (source, binary) = (Path::new(SCRATCH).join("header.cpp"), Path::new(SCRATCH).join("header.bin"));
    std::fs::write(&source, SOURCE).unwrap();
    let mut build = Command::new("g++");
    build.args(["-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I"]);
    build.arg(Path::new(CRATE).join("include")).arg("-o").arg(&binary).arg(source);
    run(build.arg(archive()).args(LIBRARIES));
    run(&mut Command::new(binary));
}

#[test]
fn firmware_gets_an_archive_without_std() {
    const TARGET: &str = "thumbv7em-none-eabihf";
    let mut rustc = Command::new("rustc");
    let libraries = run(rustc.args(["--print", "target-libdir", "--target", TARGET]));
    if !Path::new(libraries.trim()).exists() {
        return skipped(
            "no core library for thumbv7em-none-eabihf (rustup target add), so no firmware archive",
        );
    }
    let target = build(&["--no-default-features", "--target", TARGET]);
    assert!(target.join(TARGET).join("debug/libvregion_capi.a").exists());
}
