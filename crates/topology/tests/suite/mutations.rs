//! Topologies nobody would think of: what becomes a file fits, and the rest is refused with a reason.

use headroom_testbench::mutation::{mutated, topology, widgets};
use headroom_topology::Error;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::support::{compile, decompile};

/// Whether a driver could play `file`, and every format that a widget gives is one that its taker takes.
fn fits(file: &[u8]) -> Result<(), TestCaseError> {
    let topology =
        headroom_tplg::Topology::parse(file).map_err(|error| TestCaseError::fail(error.to_string()))?;
    topology.check().map_err(|error| TestCaseError::fail(error.to_string()))?;
    for route in topology.routes() {
        let [from, to] = [route.source(), route.sink()].map(|name| topology.widget(name).unwrap());
        let key = |format: headroom_tplg::AudioFormat| (format.rate, format.fmt_cfg, format.bit_depth);
        let taken: Vec<_> = to.input_formats().map(key).collect();
        for given in from.output_formats().map(key) {
            prop_assert!(
                taken.contains(&given),
                "`{}` does not take {given:?} of `{}`",
                to.name(),
                from.name()
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_values_become_a_file_or_are_refused(
        exchanges in prop::collection::vec((any::<Index>(), any::<Index>()), 1..4),
    ) {
        let text = mutated(&exchanges);
        match compile("test.toml", text.clone()) {
            Ok(file) => fits(&file)?,
            Err(error) => prop_assert!(matches!(error, Error::Text { .. }), "{}\n{}", error, text),
        }
    }

    #[test]
    fn any_line_of_widgets_becomes_a_file_whose_formats_fit(
        (rate, (middle, _)) in select(&[8000u32, 16_000, 44_100, 48_000, 96_000][..])
            .prop_flat_map(|rate| (Just(rate), widgets(rate))),
        first: Index,
        (samples, channels) in (prop::sample::subsequence(&["S16", "S24_4", "S32"][..], 1..=3), 1u8..=8),
    ) {
        let input = format!("signal = \"chirp\", rate = {rate}, channels = 2, samples = \"S16\", seconds = 0.05");
        let text = topology(&input, &middle, 1 + first.index(middle.len() + 1));
        let pcm = format!("\n[[pcm]]\nid = 0\nname = \"P\"\nplayback = \"w0\"\nsamples = {samples:?}\nchannels = [{channels}]");
        let file = compile("test.toml", text + &pcm);
        let file = file.map_err(|error| TestCaseError::fail(error.to_string()))?;
        fits(&file)?;
        let text = decompile("test.tplg", &file).unwrap();
        prop_assert!(compile("again", text).unwrap() == file);
    }
}
