//! Bytes as a session: valid, changed and made-up messages to a small runtime, with audio in between.
//!
//! ```text
//!   op mod 7   then                                           does
//!   0          index                                          sends that message of the valid session
//!   1          index, count mod 4, count × (word index, u32)  sends it with words replaced
//!   2          index, length                                  sends the front of it
//!   3          length, bytes                                  sends these
//!   4          count mod 16                                   runs so many ticks
//!   5                                                         runs an LL pass and takes a DP job away
//!   6                                                         runs the oldest of these and brings it home
//! ```
//!
//! At the end all pipelines are deleted, and the page pool must be as at the start.

use std::collections::VecDeque;
use std::mem::MaybeUninit;

use arbitrary::Unstructured;
use headroom_control::{MAILBOX_BYTES, answer};
use headroom_ipc4::PipelineState;
use headroom_module::gateway::GatewayDirection;
use headroom_modules::MODULES;
use headroom_runtime::{DpJob, PagePool, Platform, Profile, Runtime};

use crate::session::{delete, messages, to_state};

/// Acts that one input can have: an input of any length ends soon.
const ACTS: usize = 64;

const ARENA_BYTES: usize = 512 * 1024;
const PROFILE: Profile = Profile { max_regions: 12, ..Profile::DESK };
/// Tables that a short session can fill.
const PLATFORM: Platform =
    Platform { common_bytes: 96 * 1024, pipelines: 4, modules: 16, edges: 10, events: 4, ..Platform::DESK };

/// Plays `bytes` as a session.
pub fn control_session(bytes: &[u8]) {
    let mut arena = vec![MaybeUninit::uninit(); ARENA_BYTES];
    let mut tables = vec![MaybeUninit::uninit(); PagePool::table_bytes(&PROFILE, ARENA_BYTES)];
    let pool = PagePool::new(PROFILE, &mut arena, &mut tables).expect("the arena is large enough");
    let runtime = Runtime::new(PLATFORM, &pool, MODULES).expect("the tables fit");
    let mut session = Session { runtime, mailbox: [0; MAILBOX_BYTES], ticks: 0, away: VecDeque::new() };
    let at_start = session.in_use();
    let common = session.runtime.common_region().interim_used;

    let mut input = Unstructured::new(bytes);
    let valid = messages();
    for _ in 0..ACTS {
        match act(&mut input, &valid) {
            Some(Act::Send(message)) => session.send(&message),
            Some(Act::Tick(count)) => (0..count).for_each(|_| session.tick()),
            Some(Act::Take) => session.take_away(),
            Some(Act::Return) => session.bring_home(),
            None => break,
        }
    }
    while !session.away.is_empty() {
        session.bring_home();
    }
    session.delete_all();
    assert_eq!(session.in_use(), at_start, "pages or regions are left behind");
    assert_eq!(session.runtime.common_region().interim_used, common, "common memory is left behind");
}

enum Act {
    Send(Vec<u8>),
    Tick(u8),
    Take,
    Return,
}

/// The next act; `None` when the input is used up.
fn act(input: &mut Unstructured<'_>, valid: &[Vec<u8>]) -> Option<Act> {
    if input.is_empty() {
        return None;
    }
    // Past the end of the input all numbers are 0.
    let byte = |input: &mut Unstructured<'_>| input.arbitrary::<u8>().unwrap_or(0);
    let op = byte(input) % 7;
    match op {
        3 => {
            let length = usize::from(byte(input)).min(input.len());
            return input.bytes(length).ok().map(|bytes| Act::Send(bytes.to_vec()));
        }
        4 => return Some(Act::Tick(byte(input) % 16)),
        5 => return Some(Act::Take),
        6 => return Some(Act::Return),
        _ => {}
    }
    let mut message = valid[usize::from(byte(input)) % valid.len()].clone();
    if op == 1 {
        for _ in 0..byte(input) % 4 {
            let word = usize::from(byte(input)) % (message.len() / 4);
            let value: u32 = input.arbitrary().unwrap_or(0);
            message[4 * word..4 * word + 4].copy_from_slice(&value.to_le_bytes());
        }
    }
    if op == 2 {
        message.truncate(byte(input).into());
    }
    Some(Act::Send(message))
}

struct Session<'m> {
    runtime: Runtime<'m>,
    mailbox: [u8; MAILBOX_BYTES],
    ticks: u64,
    away: VecDeque<DpJob<'m>>,
}

impl Session<'_> {
    /// Sends `message` and checks that the reply is one to it.
    fn send(&mut self, message: &[u8]) {
        let answer = answer(&mut self.runtime, message, &mut self.mailbox);
        assert!((8..=MAILBOX_BYTES).contains(&answer.length));
        let asked = message.first_chunk().map_or(0, |word| u32::from_le_bytes(*word));
        let [a, b, c, d, ..] = self.mailbox;
        let primary = u32::from_le_bytes([a, b, c, d]);
        assert_eq!(primary >> 24, (asked >> 24) & 0x5f | 0x20, "to another message");
        assert_eq!(primary & 0x00ff_ffff, answer.status.0);
        assert_eq!(answer.reason.is_none(), answer.status.0 == 0);
        if let Some(reason) = answer.reason {
            assert!(!reason.to_string().is_empty());
        }
    }

    fn ll_pass(&mut self) {
        self.serve(GatewayDirection::In);
        self.runtime.tick(self.ticks);
        self.serve(GatewayDirection::Out);
        self.ticks += 1;
    }

    /// Devices at all gateways of one direction: noise in, anything out.
    fn serve(&mut self, way: GatewayDirection) {
        let here = self.runtime.gateways().filter(|gateway| gateway.direction == way);
        for node in here.map(|gateway| gateway.node).collect::<Vec<_>>() {
            match way {
                GatewayDirection::In => {
                    let mut fill = self.runtime.fill(node, self.ticks).expect("the gateway is there");
                    let (due, frames) = (fill.due(), fill.frames());
                    let (first, second) = fill.bytes_mut();
                    first.fill(0x55);
                    second.fill(0xaa);
                    fill.lose(due - frames);
                    fill.commit(frames).expect("there is room");
                }
                GatewayDirection::Out => {
                    let drain = self.runtime.drain(node, self.ticks).expect("the gateway is there");
                    assert_eq!(drain.due(), drain.frames() + drain.silence() + drain.start_up());
                }
            }
        }
    }

    fn tick(&mut self) {
        self.ll_pass();
        while let Some(mut job) = self.runtime.next_ready() {
            job.run();
            self.runtime.finish(job, self.ticks * 1000);
        }
        while self.runtime.take_event().is_some() {}
    }

    fn take_away(&mut self) {
        self.ll_pass();
        self.away.extend(self.runtime.next_ready());
    }

    fn bring_home(&mut self) {
        let Some(mut job) = self.away.pop_front() else { return };
        job.run();
        self.runtime.finish(job, self.ticks * 1000);
    }

    fn delete_all(&mut self) {
        let ids: Vec<u8> = self.runtime.pipelines().map(|pipeline| pipeline.id).collect();
        for id in ids {
            for message in
                [to_state(id, PipelineState::Paused), to_state(id, PipelineState::Reset), delete(id)]
            {
                self.send(&message);
            }
        }
        assert_eq!(self.runtime.pipelines().count(), 0, "a pipeline can't be deleted");
        assert_eq!(self.runtime.modules().count() + self.runtime.rings().count(), 0);
    }

    fn in_use(&self) -> (usize, usize) {
        let usage = self.runtime.pool_usage();
        (usage.free_pages, usage.regions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_valid_session_is_valid() {
        let mut arena = vec![MaybeUninit::uninit(); ARENA_BYTES];
        let mut tables = vec![MaybeUninit::uninit(); PagePool::table_bytes(&PROFILE, ARENA_BYTES)];
        let pool = PagePool::new(PROFILE, &mut arena, &mut tables).unwrap();
        let mut runtime = Runtime::new(PLATFORM, &pool, MODULES).unwrap();
        for (n, message) in messages().iter().enumerate() {
            let answer = answer(&mut runtime, message, &mut [0; MAILBOX_BYTES]);
            assert_eq!(answer.reason.map(|reason| reason.to_string()), None, "message {n}");
        }
    }
}
