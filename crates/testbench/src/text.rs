//! Topologies in TOML, as a user would write them.

use std::path::{Path, PathBuf};

/// A topology whose widgets, each a name and its other keys, form one line. `input` has the keys of what is played, each of
/// `pipelines` those of a pipeline.
pub fn line(input: &str, pipelines: &[&str], widgets: &[(&str, &str)]) -> String {
    let pipelines: String = pipelines.iter().map(|keys| format!("  {{ {keys} }},\n")).collect();
    let routes: String = widgets
        .windows(2)
        .map(|pair| format!("  {{ from = \"{}\", to = \"{}\" }},\n", pair[0].0, pair[1].0))
        .collect();
    let widgets: String =
        widgets.iter().map(|(name, keys)| format!("  {{ name = \"{name}\", {keys} }},\n")).collect();
    format!(
        "name = \"line\"\ninput = {{ {input} }}\npipeline = [\n{pipelines}]\nwidget = [\n{widgets}]\nroute = [\n{routes}]\n"
    )
}

/// Host, DP converter with plenty of memory and speaker; samples as `samples` all the way.
pub fn converter(input: &str, samples: &str, rate: u32) -> String {
    let end = |kind: &str| format!("kind = \"{kind}\", pipeline = 1, samples = \"{samples}\"");
    let src = format!("kind = \"src\", pipeline = 1, domain = \"DP\", rate = {rate}, heap_bytes = 262144");
    let widgets = [("host", &*end("host-copier")), ("src", &*src), ("speaker", &*end("dai-copier"))];
    line(input, &["id = 1"], &widgets)
}

/// The topologies that ship, by file name and in its order, with their texts.
pub fn bundled() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../topology/topologies");
    let mut paths: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let named = |path: PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, std::fs::read_to_string(path).unwrap())
    };
    paths.into_iter().map(named).collect()
}
