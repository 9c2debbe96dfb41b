//! The text of the coefficient tables, shared by the generator and the test that checks them.

use headroom_resample::Quality;
use headroom_resample::design::{LowPass, Requirement, cascade, shifts};

/// Pairs of `standard` quality, input rate first; equal rates need no table.
const STANDARD: [(u32, u32); 14] = [
    (8_000, 48_000),
    (16_000, 48_000),
    (24_000, 48_000),
    (32_000, 48_000),
    (44_100, 48_000),
    (48_000, 8_000),
    (48_000, 16_000),
    (48_000, 24_000),
    (48_000, 32_000),
    (48_000, 44_100),
    (48_000, 96_000),
    (48_000, 192_000),
    (96_000, 48_000),
    (192_000, 48_000),
];

/// Pairs of `lite` quality.
const LITE: [(u32, u32); 5] =
    [(32_000, 16_000), (32_000, 48_000), (44_100, 16_000), (44_100, 48_000), (48_000, 16_000)];

/// Every generated file: its name in `src/tables` and its text; or the pair for which there is no filter.
pub(crate) fn files() -> Result<Vec<(String, String)>, String> {
    let mut filters = Vec::new();
    let mut pairs = String::new();
    for (quality, rates) in [(Quality::Lite, &LITE[..]), (Quality::Standard, &STANDARD[..])] {
        let name = quality.to_string().to_uppercase();
        pairs += &format!("\n#[rustfmt::skip]\npub(crate) static {name}: &[Pair] = &[\n");
        for (from, to) in rates {
            let text = pair(*from, *to, quality, &mut filters);
            pairs += &text.ok_or_else(|| format!("no {quality} filter for {from}:{to}"))?;
        }
        pairs += "];\n";
    }
    let mut texts = vec![("mod.rs".to_owned(), index(&filters) + &pairs)];
    texts.extend(filters.iter().map(|filter| (format!("{}.rs", filter.name), filter.text())));
    Ok(texts)
}

fn index(filters: &[Filter]) -> String {
    let mut names: Vec<_> = filters.iter().map(|filter| format!("mod {};\n", filter.name)).collect();
    names.sort();
    format!(
        "//! Every pair and its stages. Generated: `cargo run -p headroom-resample --example generate-tables`.\n\n\
         {}\nuse crate::plan::Pair;\nuse crate::stage::Stage;\n",
        names.concat()
    )
}

fn pair(from: u32, to: u32, quality: Quality, filters: &mut Vec<Filter>) -> Option<String> {
    let cascade = cascade(from, to, quality)?;
    let stages: Vec<_> = cascade.stages().map(|stage| Filter::new(*stage, quality)).collect::<Option<_>>()?;
    let shifts = match &stages[..] {
        [first, second] => shifts(&first.design, &second.design).to_vec(),
        others => others.iter().map(|only| only.design.shift()).collect(),
    };
    let mut text = format!("    Pair {{ from: {from}, to: {to}, stages: &[\n");
    for (filter, shift) in stages.into_iter().zip(shifts) {
        text += &filter.stage(shift);
        if filters.iter().all(|known| known.name != filter.name) {
            filters.push(filter);
        }
    }
    Some(text + "    ] },\n")
}

struct Filter {
    name: String,
    wanted: Requirement,
    design: LowPass,
}

impl Filter {
    /// Named for its quality, L, M and, in 1/10000 of its input rate, the edges of its bands.
    fn new(wanted: Requirement, quality: Quality) -> Option<Self> {
        let [pass, stop] = [wanted.pass, wanted.stop].map(|edge| (edge * 1e4).round());
        let (l, m) = (wanted.interpolation, wanted.decimation);
        let design = LowPass::design(&wanted)?;
        Some(Self { name: format!("{quality}_{l}_{m}_{pass:04}_{stop:04}"), wanted, design })
    }

    fn stage(&self, shift: u8) -> String {
        let (l, m, s) = (self.wanted.interpolation, self.wanted.decimation, self.design.taps());
        let name = &self.name;
        format!(
            "        Stage {{ interpolation: {l}, decimation: {m}, taps: {s}, shift: {shift}, \
             coefficients: &{name}::COEFFICIENTS }},\n"
        )
    }

    fn text(&self) -> String {
        let coefficients: Vec<_> = self.design.coefficients(self.design.shift()).collect();
        let (l, s, count) = (self.wanted.interpolation, self.design.taps(), coefficients.len());
        let mut text = format!(
            "//! {l} branches of {s} taps, half of them. Generated.\n\n\
             #[rustfmt::skip]\npub(super) static COEFFICIENTS: [i32; {count}] = [\n"
        );
        for row in coefficients.chunks(9) {
            let row: Vec<_> = row.iter().map(i32::to_string).collect();
            text += &format!("{},\n", row.join(","));
        }
        text + "];\n"
    }
}
