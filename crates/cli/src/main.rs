//! The `headroom` command with the modules that ship.

#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    headroom_sof::main_with(&[])
}
