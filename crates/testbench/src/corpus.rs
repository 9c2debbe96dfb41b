//! Files of the wild, where there are some.

use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The files whose names end in `extension` below the folder that `HEADROOM_CORPUS` names, sorted. Where it names none, none: then
/// whoever watches is told that this is skipped, and `said` besides.
pub fn corpus(extension: &str, said: &str) -> Option<Vec<PathBuf>> {
    let Some(folder) = std::env::var_os("HEADROOM_CORPUS") else {
        let notice = format!("\n*** SKIPPED: HEADROOM_CORPUS names no folder (docs/corpus.md); {said} ***\n");
        // Not by a macro: the test harness would keep that to itself.
        std::io::stderr().write_all(notice.as_bytes()).unwrap();
        return None;
    };
    let mut found = Vec::new();
    files(Path::new(&folder), extension, &mut found);
    assert!(!found.is_empty(), "no .{extension} file below {}", Path::new(&folder).display());
    found.sort();
    Some(found)
}

/// The files below `folder`; links are not followed.
fn files(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in folder.read_dir().unwrap() {
        let entry = entry.unwrap();
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        if kind.is_dir() {
            files(&path, extension, found);
        } else if kind.is_file() && path.extension().is_some_and(|it| it == extension) {
            found.push(path);
        }
    }
}
