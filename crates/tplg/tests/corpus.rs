//! Files of the wild, where there are some: `HEADROOM_CORPUS` names a folder of `.tplg` files.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests say what they expect by unwrapping it")]

use headroom_testbench::corpus;
use headroom_tplg::write::{WriteError, Writer};
use headroom_tplg::{Abi, Element, Topology};

/// The same file from its elements alone: sizes, counts and the manifest's totals are the writer's.
fn built_again(topology: &Topology<'_>) -> Vec<u8> {
    let mut built = vec![0x5a; topology.bytes().len()];
    let mut writer = Writer::new(&mut built);
    for block in topology.blocks() {
        match block.elements().next() {
            Some(Element::Manifest(manifest)) => writer.manifest(manifest.private()),
            _ => {
                writer.block(block.kind(), block.index());
                block.elements().for_each(|element| writer.element(&element));
            }
        }
    }
    assert_eq!(writer.finish(), Ok(topology.bytes().len()));
    built
}

/// Every token has a name, and is of the type that the table says.
fn names_and_types(topology: &Topology<'_>) {
    let widgets = topology.widgets().flat_map(|widget| widget.tokens());
    let controls = topology.widgets().flat_map(|widget| widget.controls());
    let tuples = widgets
        .chain(controls.flat_map(|control| control.tuples().iter()))
        .chain(topology.pcms().flat_map(|pcm| pcm.tuples().iter()))
        .chain(topology.links().flat_map(|link| link.tuples().iter()));
    for tuple in tuples {
        assert_eq!(tuple.token.tuple_type(), Some(tuple.value.tuple_type()), "{:?}", tuple.token);
    }
}

#[test]
fn every_file_is_read_and_written_back_byte_for_byte() {
    let Some(found) = corpus("tplg", "no file of the wild was read") else { return };
    let (mut ipc3, mut ipc4, mut playable, mut largest) = (0, 0, 0, 0);
    for path in &found {
        let file = std::fs::read(path).unwrap();
        let topology = Topology::parse(&file).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(topology.write(&mut []), Err(WriteError::Space { needed: file.len(), got: 0 }));
        let mut written = vec![0xa5; file.len()];
        assert_eq!(topology.write(&mut written), Ok(file.len()), "{}", path.display());
        assert!(written == file, "{} is written otherwise", path.display());
        assert!(built_again(&topology) == file, "{} is built otherwise", path.display());
        names_and_types(&topology);
        match topology.abi().unwrap() {
            Abi::Ipc3 { .. } => ipc3 += 1,
            Abi::Ipc4 { .. } => {
                ipc4 += 1;
                match topology.check() {
                    Ok(()) => playable += 1,
                    Err(error) => println!("{}: {error}", path.display()),
                }
            }
        }
        largest = largest.max(file.len());
    }
    println!(
        "{} files, {ipc3} for IPC3, {ipc4} for IPC4 of which {playable} pass check(); largest {largest} bytes",
        found.len()
    );
}
