//! Ours: `standard` and `lite`, in both formats, with the widest instructions and with AVX2; and the plans of desks.

use headroom_resample::{Backend, Plan, Quality, Resampler, desk_plan, plan};

use super::{Entry, Job, Peer};

struct Float {
    resampler: Resampler<'static, Vec<f32>, Vec<f32>>,
    input: Vec<f32>,
    output: Vec<f32>,
}

impl Peer for Float {
    fn block(&mut self) -> usize {
        self.resampler.process(&self.input, &mut self.output).produced
    }
}

struct Fixed {
    resampler: Resampler<'static, Vec<i32>>,
    input: Vec<i32>,
    output: Vec<i32>,
}

impl Peer for Fixed {
    fn block(&mut self) -> usize {
        self.resampler.process(&self.input, &mut self.output).produced
    }
}

/// The smallest plan.
fn small(job: Job, quality: Quality) -> Option<Plan<'static>> {
    plan(job.from, job.to, quality).ok()
}

/// The one stage that desks use, where that isn't the smallest plan.
fn direct(job: Job) -> Option<Plan<'static>> {
    let direct = desk_plan(job.from, job.to, Quality::Standard).ok();
    direct.filter(|direct| Some(*direct) != small(job, Quality::Standard))
}

fn float(job: Job, plan: Option<Plan<'static>>, backend: Option<&str>) -> Option<Box<dyn Peer>> {
    let plan = plan?;
    let needs = plan.needs(job.channels);
    // With room for a start at a cache line.
    let memory = needs.coefficient_words.map(|words| vec![0.0; words + 15]);
    let mut resampler = Resampler::new_f32(plan, job.channels, vec![0.0; needs.state_words], memory).ok()?;
    if let Some(name) = backend {
        resampler.set_backend(Backend::available().find(|backend| backend.to_string() == name)?);
    }
    Some(Box::new(Float { resampler, input: job.input(), output: job.output() }))
}

fn fixed(job: Job, plan: Option<Plan<'static>>, backend: Option<&str>) -> Option<Box<dyn Peer>> {
    let plan = plan?;
    let state = vec![0; plan.needs(job.channels).state_words];
    let mut resampler = Resampler::new(plan, job.channels, state).ok()?;
    if let Some(name) = backend {
        resampler.set_backend(Backend::available().find(|backend| backend.to_string() == name)?);
    }
    let input = job.input().into_iter().map(|sample| (sample * 2_147_483_648.0) as i32).collect();
    Some(Box::new(Fixed { resampler, input, output: vec![0; job.output().len()] }))
}

pub(super) fn entries() -> Vec<Entry> {
    const AVX2: Option<&str> = Some("AVX2");
    let entry = |name, make| Entry { name, ours: true, make };
    vec![
        entry("headroom f32", |job| float(job, small(job, Quality::Standard), None)),
        entry("headroom f32 AVX2", |job| float(job, small(job, Quality::Standard), AVX2)),
        entry("headroom s32", |job| fixed(job, small(job, Quality::Standard), None)),
        entry("headroom s32 AVX2", |job| fixed(job, small(job, Quality::Standard), AVX2)),
        entry("headroom f32 direct", |job| float(job, direct(job), None)),
        entry("headroom f32 direct AVX2", |job| float(job, direct(job), AVX2)),
        entry("headroom s32 direct", |job| fixed(job, direct(job), None)),
        entry("headroom s32 direct AVX2", |job| fixed(job, direct(job), AVX2)),
        entry("headroom lite s32", |job| fixed(job, small(job, Quality::Lite), None)),
    ]
}
