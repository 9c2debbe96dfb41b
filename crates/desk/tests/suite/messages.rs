//! What each topology that ships makes a driver send, message by message.

use headroom_desk::Options;
use headroom_testbench::{bundled, folder, golden};

use crate::support::{parse, play_loaded};

/// The recorded session without what it was recorded with: each message with what it is for, its time and its reply.
fn messages(session: &str) -> String {
    let start = session.find("\n# create pipeline").unwrap() + 1;
    session[start..].to_owned()
}

#[test]
fn of_every_bundled_topology() {
    let (_folder, path) = folder();
    let record = path("session.ipc");
    let options = Options { record: Some(record.clone()), ..Options::default() };
    for (name, text) in bundled() {
        play_loaded(&parse(&text).unwrap(), &options).unwrap_or_else(|error| panic!("{name}: {error}"));
        let session = std::fs::read_to_string(&record).unwrap();
        let golden_name = format!("messages/{}", name.replace(".toml", ".txt"));
        golden(env!("CARGO_MANIFEST_DIR"), &golden_name, &messages(&session));
    }
}
