//! A whole `headroom` command that knows one module more than the one that ships: `invert`, from `invert.rs`.
//!
//! ```sh
//! cargo run -p own-module -- run examples/own-module/invert.toml -o inverted.wav
//! ```

mod invert;

fn main() -> std::process::ExitCode {
    headroom_sof::main_with(&[invert::INVERT])
}
