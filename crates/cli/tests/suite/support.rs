//! Runs the built command in a folder of its own.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A folder that goes away with the test, in which the command runs.
pub(crate) struct Bench {
    folder: TempDir,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// A 16-bit mono WAV of `frames` frames at 48 kHz.
    pub(crate) fn write_wav(&self, name: &str, frames: u32) {
        let (channels, sample_rate, bits_per_sample) = (1, 48_000, 16);
        let spec = hound::WavSpec {
            channels,
            sample_rate,
            bits_per_sample,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(self.path(name), spec).unwrap();
        (0..frames).for_each(|frame| writer.write_sample((frame % 100) as i16).unwrap());
        writer.finalize().unwrap();
    }

    /// The command, about to be run in the folder with both outputs piped.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_headroom"));
        command.current_dir(self.folder.path()).args(arguments);
        // What a terminal would tell the command about itself.
        for key in ["NO_COLOR", "CLICOLOR_FORCE", "COLUMNS"] {
            command.env_remove(key);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn headroom(&self, arguments: &[&str]) -> Done {
        Done::from(self.command(arguments).output().unwrap())
    }
}

/// What a run of the command left.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Done {
    pub(crate) fn well(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }
}

/// Compares `text` with the golden file `name`.
#[track_caller]
pub(crate) fn golden(name: &str, text: &str) {
    headroom_testbench::golden(env!("CARGO_MANIFEST_DIR"), name, text);
}
