//! The text of the coefficient tables, shared by the generator and the test that checks them.

use std::fmt::Write;

use headroom_resample::design::{Cascade, DesignError, Requirement};
use headroom_resample::{Quality, RATES, Stage};

/// The generated file of a quality: its name in `src/tables` and its text.
pub(crate) fn file(quality: Quality) -> Result<(String, String), DesignError> {
    let mut tables = Tables::default();
    for from in RATES {
        for to in RATES.into_iter().filter(|to| *to != from) {
            tables.add(&Cascade::new(from, to, &quality.specification())?)?;
        }
    }
    Ok((format!("{quality}.rs"), tables.text(quality)))
}

/// The generated file of the conversions in one stage: its name in `src/tables` and its text.
pub(crate) fn direct() -> Result<(String, String), DesignError> {
    let mut tables = Tables::default();
    for (from, to) in [(44_100, 48_000), (48_000, 44_100)] {
        tables.add(&Cascade::direct(from, to, &Quality::Standard.specification())?)?;
    }
    Ok(("direct.rs".to_owned(), tables.direct_text()))
}

#[derive(Default)]
struct Tables {
    filters: Vec<Filter>,
    stages: Vec<String>,
    pairs: String,
}

/// Coefficients that any stage may use which has the same bands and branches, whatever its decimation.
struct Filter {
    wanted: Requirement,
    name: String,
    coefficients: Vec<i32>,
}

impl Tables {
    fn add(&mut self, cascade: &Cascade) -> Result<(), DesignError> {
        let (mut work, mut coefficients) =
            (vec![0.0; cascade.work_words()?], vec![0; cascade.coefficient_words()?]);
        let plan = cascade.plan(&mut work, &mut coefficients)?;
        let mut places = [None; 2];
        for ((place, stage), wanted) in places.iter_mut().zip(plan.stages()).zip(cascade.stages()) {
            let name = self.filter(stage, wanted);
            *place = Some(self.stage(stage, &name));
        }
        let (from, to) = (plan.from(), plan.to());
        let first = places[0].unwrap_or_default();
        let _ = writeln!(
            self.pairs,
            "    Pair {{ from: {from}, to: {to}, first: {first}, second: {:?} }},",
            places[1]
        );
        Ok(())
    }

    /// The name of the filter: its branches and, in 1/10000 of its input rate, the edges of its bands.
    fn filter(&mut self, stage: &Stage<'_>, wanted: &Requirement) -> String {
        let wanted = Requirement { decimation: 1, ..*wanted };
        if let Some(known) = self.filters.iter().find(|known| known.wanted == wanted) {
            assert_eq!(known.coefficients, stage.coefficients, "{wanted:?}");
            return known.name.clone();
        }
        let [pass, stop] = [wanted.pass, wanted.stop].map(|edge| (edge * 1e4).round());
        let name = format!("H_{}_{pass:04}_{stop:04}", wanted.interpolation);
        self.filters.push(Filter { wanted, name: name.clone(), coefficients: stage.coefficients.to_vec() });
        name
    }

    fn stage(&mut self, stage: &Stage<'_>, name: &str) -> usize {
        let Stage { interpolation, decimation, taps, shift, .. } = stage;
        let text = format!(
            "    Stage {{ interpolation: {interpolation}, decimation: {decimation}, taps: {taps}, shift: {shift}, \
             coefficients: &{name} }},\n"
        );
        let known = self.stages.iter().position(|known| *known == text);
        known.unwrap_or_else(|| {
            self.stages.push(text);
            self.stages.len() - 1
        })
    }

    fn direct_text(&self) -> String {
        let mut text = String::from(
            "//! Conversions in one stage. Generated: `cargo run --release -p headroom-resample --example \
             generate-tables`.\n\nuse crate::stage::Stage;\n",
        );
        let (stages, count) = (self.stages.concat(), self.stages.len());
        let _ = write!(
            text,
            "\n#[rustfmt::skip]\npub(crate) static STANDARD: [Stage; {count}] = [\n{stages}];\n"
        );
        self.filters.iter().for_each(|filter| filter.write(&mut text));
        text
    }

    fn text(&self, quality: Quality) -> String {
        let mut text = format!(
            "//! Conversions of {quality} quality. Generated: `cargo run --release -p headroom-resample --example \
             generate-tables`.\n\nuse crate::plan::{{Pair, Table}};\nuse crate::stage::Stage;\n\n\
             pub(crate) static TABLE: Table = Table {{ stages: &STAGES, pairs: &PAIRS }};\n"
        );
        let (stages, pairs) = (self.stages.len(), self.pairs.lines().count());
        let _ = write!(
            text,
            "\n#[rustfmt::skip]\nstatic STAGES: [Stage; {stages}] = [\n{}];\n",
            self.stages.concat()
        );
        let _ = write!(text, "\n#[rustfmt::skip]\nstatic PAIRS: [Pair; {pairs}] = [\n{}];\n", self.pairs);
        self.filters.iter().for_each(|filter| filter.write(&mut text));
        text
    }
}

impl Filter {
    fn write(&self, text: &mut String) {
        let (name, count) = (&self.name, self.coefficients.len());
        let _ = write!(text, "\n#[rustfmt::skip]\nstatic {name}: [i32; {count}] = [\n");
        for row in self.coefficients.chunks(10) {
            let row: Vec<_> = row.iter().map(i32::to_string).collect();
            let _ = writeln!(text, "{},", row.join(","));
        }
        text.push_str("];\n");
    }
}
