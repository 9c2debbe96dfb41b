//! The frequency response as a picture: all of it, and the pass-band from near.

use headroom_resample::Quality;
use plotters::coord::Shift;
use plotters::prelude::*;

use crate::error::Error;

use super::figures::PASS_BAND;
use super::response::Response;

/// Width and height of the picture.
const SIZE: (u32, u32) = (1000, 820);

/// Points of each curve.
const POINTS: u32 = 1000;

/// The lowest level that is drawn, in dB; further down, and in part above it, the response is rounding.
const FLOOR_DB: f64 = -170.0;

/// The response of the conversion from `from` Hz to `to` Hz, as the text of an SVG file. The same conversion gives the same
/// bytes.
///
/// # Errors
/// [`Error::NoConversion`].
pub fn plot(from: u32, to: u32, quality: Quality) -> Result<String, Error> {
    let response = Response::measure(from, to, quality)?;
    let title = format!("{from} Hz to {to} Hz, {quality}");
    draw(&response, (from.into(), to.into()), &title)
        .map_err(|why| Error::fault(&format!("no picture of {title}: {why}")))
}

/// What is drawn on.
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Says what went wrong while drawing; into memory, nothing does.
type Drawn<T> = Result<T, String>;

fn draw(response: &Response, rates: (f64, f64), title: &str) -> Drawn<String> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        area.fill(&WHITE).map_err(said)?;
        let body = area.margin(10, 0, 0, 0).titled(title, ("sans-serif", 22)).map_err(said)?;
        draw_charts(response, rates, &body)?;
        area.present().map_err(said)?;
    }
    Ok(svg)
}

fn draw_charts(response: &Response, rates: (f64, f64), area: &Area<'_>) -> Drawn<()> {
    let (lower, higher) = (rates.0.min(rates.1), rates.0.max(rates.1));
    // Where one rate is a multiple of the other, all beyond half the higher one would be drawn twice.
    let end = if higher % lower == 0.0 { 0.5 * higher } else { higher };
    let marks = [PASS_BAND * lower, 0.5 * lower];
    let curve = |end: f64| -> Vec<(f64, f64)> {
        let hz = |k: u32| end * f64::from(k) / f64::from(POINTS);
        (0..=POINTS).map(|k| (hz(k) / 1e3, response.level_db(hz(k)))).collect()
    };
    let band = curve(0.5 * lower);
    let inside = |(khz, _): &&(f64, f64)| khz * 1e3 <= PASS_BAND * lower;
    // A copy has no ripple to scale by.
    let ripple = band.iter().filter(inside).map(|(_, level)| level.abs()).fold(1e-4, f64::max);
    let (upper, under) = area.split_vertically(400);
    let caption = "Level of what comes out, dB; right of the red lines, the ends of pass-band and band: images and aliases";
    Chart { caption, levels: (FLOOR_DB, 10.0), curve: curve(end) }.draw(&upper, marks)?;
    Chart { caption: "Pass-band, dB", levels: (-2.0 * ripple, 2.0 * ripple), curve: band }.draw(&under, marks)
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// A curve over kHz, and how much of it is shown.
struct Chart {
    caption: &'static str,
    /// Lowest and highest level in dB.
    levels: (f64, f64),
    curve: Vec<(f64, f64)>,
}

impl Chart {
    /// `marks`, in Hz, are the ends of the pass-band and of the lower band.
    fn draw(&self, area: &Area<'_>, marks: [f64; 2]) -> Drawn<()> {
        let (low, high) = self.levels;
        let end = self.curve.last().map_or(1.0, |(khz, _)| *khz);
        let mut chart = ChartBuilder::on(area)
            .caption(self.caption, ("sans-serif", 16))
            .margin(10)
            .x_label_area_size(40)
            .y_label_area_size(75)
            .build_cartesian_2d(0.0..end, low..high)
            .map_err(said)?;
        let digits = if high - low > 10.0 { 0 } else { 5 };
        chart
            .configure_mesh()
            .x_desc("kHz")
            .y_label_formatter(&|level| format!("{level:.digits$}"))
            .light_line_style(WHITE)
            .draw()
            .map_err(said)?;
        for hz in marks {
            let line = [(hz / 1e3, low), (hz / 1e3, high)];
            chart.draw_series(LineSeries::new(line, &RED)).map_err(said)?;
        }
        let shown = self.curve.iter().map(|(khz, level)| (*khz, level.clamp(low, high)));
        chart.draw_series(LineSeries::new(shown, &BLUE)).map_err(said)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_the_same_each_time_and_whole() {
        let draw = || plot(48_000, 24_000, Quality::Standard).unwrap();
        let (first, second) = (draw(), draw());
        assert!(first == second);
        assert!(first.starts_with("<svg") && first.trim_end().ends_with("</svg>"), "{first}");
        // Two curves and two marks in each chart; a title that says what it is.
        assert!(first.matches("<polyline").count() >= 6 && first.contains("48000 Hz to 24000 Hz, standard"));
        assert!(!first.contains("NaN") && !first.contains("inf"));
    }

    #[test]
    fn a_copy_can_be_drawn() {
        assert!(plot(48_000, 48_000, Quality::Lite).unwrap().contains("48000 Hz to 48000 Hz, lite"));
    }
}
