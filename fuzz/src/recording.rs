//! Text as a recorded session: it is the only text of that session, or the error says what is wrong and points into it.

use headroom_desk::Recording;
use miette::Diagnostic;

/// Reads `bytes`, if they are text, and writes what they are: as text again, and in words.
pub fn session_file(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Recording::parse("fuzz.ipc", text.to_owned()) {
        Ok(recording) => {
            assert_eq!(recording.to_string(), text);
            assert!(!recording.in_words().is_empty());
        }
        Err(error) => {
            assert!(!error.to_string().is_empty() && error.help().is_some());
            let source = error.source_code().expect("damages have a place");
            for label in error.labels().into_iter().flatten() {
                let shown = source.read_span(label.inner(), 1, 1);
                assert!(shown.is_ok(), "{error}: the label {label:?} points outside of {} bytes", text.len());
            }
        }
    }
}
