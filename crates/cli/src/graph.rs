//! `headroom graph`: draws a topology into a file.

use headroom_explain::{Details, Drawing};
use headroom_module::ModuleEntry;
use headroom_topology::{bytes, parse};

use crate::arguments::Graph;
use crate::error::Error;
use crate::terminal::write_beside;

pub(crate) fn graph(arguments: &Graph, modules: &[ModuleEntry]) -> Result<(), Error> {
    let Graph { file, output, theme, memory, controls } = arguments;
    let bytes = bytes(file, modules)?;
    let topology = parse(file, &bytes)?;
    let title = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let is_dot = output.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("dot"));
    let details = [(*memory, Details::Memory), (*controls, Details::Controls)];
    let details: Vec<_> =
        details.into_iter().filter_map(|(shown, details)| shown.then_some(details)).collect();
    let drawing = Drawing { title: &title, theme: *theme, details: &details };
    let picture = if is_dot {
        headroom_explain::dot(&topology, &drawing)
    } else {
        headroom_explain::svg(&topology, &drawing)
    };
    write_beside(file, output, picture.as_bytes())
}
