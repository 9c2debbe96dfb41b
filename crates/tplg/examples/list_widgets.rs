//! Prints the graph of a topology file: `cargo run --example list_widgets -- FILE.tplg`. Without a file it makes one.

use std::env;
use std::error::Error;

use headroom_tplg::records::{Name, Route, Widget};
use headroom_tplg::write::{WriteError, Writer};
use headroom_tplg::{BlockKind, Token, TokenEra, Topology, WidgetKind};

/// A gain between two ends.
fn made() -> Result<Vec<u8>, WriteError> {
    let names = ["host", "gain", "speaker"].map(|name| Name::new(name).unwrap_or(Name::EMPTY));
    let kinds = [WidgetKind::AifIn, WidgetKind::Pga, WidgetKind::DaiOut];
    let mut file = vec![0; 4096];
    let mut writer = Writer::new(&mut file);
    writer.manifest(&[]);
    writer.block(BlockKind::Widget, 1);
    for (name, kind) in names.into_iter().zip(kinds) {
        writer.widget(&Widget { id: kind.raw(), name, ..Widget::default() });
        writer.words(&[
            (Token::COMP_STACK_BYTES_REQUIREMENT, 4096),
            (Token::COMP_HEAP_BYTES_REQUIREMENT, 8192),
        ]);
    }
    writer.block(BlockKind::Graph, 0);
    for ends in names.windows(2) {
        writer.route(&Route { source: ends[0], sink: ends[1], ..Route::default() });
    }
    let bytes = writer.finish()?;
    file.truncate(bytes);
    Ok(file)
}

fn main() -> Result<(), Box<dyn Error>> {
    let file = match env::args_os().nth(1) {
        Some(path) => std::fs::read(path)?,
        None => made()?,
    };
    let topology = Topology::parse(&file)?;
    for widget in topology.widgets() {
        let memory = widget.memory(TokenEra::Guess);
        let (name, kind, pipeline) = (widget.name(), widget.kind(), widget.pipeline());
        println!("{name}: {kind} in pipeline {pipeline}, stack {:?}, {:?}", memory.stack, memory.heap);
        for format in widget.input_formats() {
            println!("    takes {} Hz, {} bits, {} channels", format.rate, format.bit_depth, format.channels);
        }
    }
    for route in topology.routes() {
        println!("{} -> {}", route.source(), route.sink());
    }
    Ok(())
}
