//! Ours: `standard` and `lite`, in both formats, with the widest instructions and with AVX2.

use headroom_resample::{Backend, Filter, Polyphase, Quality, Resampler, plan};

use super::{Entry, Job, Peer};

struct Float {
    resampler: Resampler<Vec<f32>, Vec<f32>>,
    input: Vec<f32>,
    output: Vec<f32>,
}

impl Peer for Float {
    fn block(&mut self) -> usize {
        self.resampler.process(&self.input, &mut self.output).produced
    }
}

struct Fixed {
    resampler: Resampler<Vec<i32>>,
    input: Vec<i32>,
    output: Vec<i32>,
}

impl Peer for Fixed {
    fn block(&mut self) -> usize {
        self.resampler.process(&self.input, &mut self.output).produced
    }
}

fn float(job: Job, quality: Quality, backend: Option<&str>) -> Option<Box<dyn Peer>> {
    let plan = plan(job.from, job.to, quality).ok()?;
    let needs = plan.needs(job.channels);
    let memory = needs.coefficient_words.map(|words| vec![0.0; words]);
    let mut resampler = Resampler::new_f32(plan, job.channels, vec![0.0; needs.state_words], memory).ok()?;
    if let Some(name) = backend {
        resampler.set_backend(Backend::available().find(|backend| backend.to_string() == name)?);
    }
    Some(Box::new(Float { resampler, input: job.input(), output: job.output() }))
}

fn fixed(job: Job, quality: Quality, backend: Option<&str>) -> Option<Box<dyn Peer>> {
    let plan = plan(job.from, job.to, quality).ok()?;
    let state = vec![0; plan.needs(job.channels).state_words];
    let mut resampler = Resampler::new(plan, job.channels, state).ok()?;
    if let Some(name) = backend {
        resampler.set_backend(Backend::available().find(|backend| backend.to_string() == name)?);
    }
    let input = job.input().into_iter().map(|sample| (sample * 2_147_483_648.0) as i32).collect();
    Some(Box::new(Fixed { resampler, input, output: vec![0; job.output().len()] }))
}

/// One direct filter instead of a plan, to see what the kernel does by itself: as many taps as an equiripple filter for
/// 100 dB from half of the lower rate on needs.
fn kernel(job: Job) -> Option<Box<dyn Peer>> {
    let (to, from) = plan(job.from, job.to, Quality::Standard).ok()?.ratio();
    let taps = DIRECT_TAPS * (from.max(to) / to) as usize;
    // What the coefficients are makes no difference to the time.
    let coefficients = vec![1.0 / taps as f32; to as usize * taps];
    let filter = Filter::float(to as u16, from as u16, coefficients).ok()?;
    let state = vec![0.0; filter.state_words(job.channels)];
    let filter = Polyphase::new(filter, job.channels, state).ok()?;
    Some(Box::new(Direct { filter, input: job.input(), output: job.output() }))
}

/// Taps of [`kernel`] unless the rate falls; a multiple of eight.
const DIRECT_TAPS: usize = 104;

struct Direct {
    filter: Polyphase<Vec<f32>, Vec<f32>>,
    input: Vec<f32>,
    output: Vec<f32>,
}

impl Peer for Direct {
    fn block(&mut self) -> usize {
        self.filter.process(&self.input, &mut self.output).produced
    }
}

pub(super) fn entries() -> Vec<Entry> {
    let entry = |name, make| Entry { name, ours: true, make };
    vec![
        entry("headroom f32", |job| float(job, Quality::Standard, None)),
        entry("headroom f32 AVX2", |job| float(job, Quality::Standard, Some("AVX2"))),
        entry("headroom s32", |job| fixed(job, Quality::Standard, None)),
        entry("headroom s32 AVX2", |job| fixed(job, Quality::Standard, Some("AVX2"))),
        entry("headroom kernel f32", kernel),
        entry("headroom lite s32", |job| fixed(job, Quality::Lite, None)),
    ]
}
