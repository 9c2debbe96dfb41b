//! The order of the lines: first what a fresh runtime needs, then what happened to it.
//!
//! ```text
//!   platform ─► pool ─► module … ─► source … ─► ┬► request ─► reply ┐ ─► end
//!                                               ├► notification     │
//!                                               ├► panic            │
//!                                               └◄──────────────────┘
//! ```
//!
//! Comments stand anywhere. A recording that broke off has no end, and its last request may have no reply.

use headroom_runtime::Platform;

use super::damage::Damage;
use super::line::{Event, Line, Played, Pool, What};

/// What a fresh runtime needs to be equal to the one that was recorded.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Head {
    pub(super) platform: Platform,
    pub(super) pool: Pool,
    /// Rows of the module table, by id and name.
    pub(super) modules: Vec<(u16, String)>,
    /// What was played, by component id of the copier.
    pub(super) sources: Vec<(u32, Played)>,
}

/// What was read so far.
#[derive(Default)]
pub(super) struct Order {
    platform: Option<Platform>,
    pool: Option<Pool>,
    modules: Vec<(u16, String)>,
    sources: Vec<(u32, Played)>,
    is_begun: bool,
    now: u64,
    is_asked: bool,
    is_over: bool,
}

impl Order {
    /// The time that the next line can't be before.
    pub(super) fn now(&self) -> u64 {
        self.now
    }

    /// Takes the next line.
    pub(super) fn take(&mut self, line: &Line) -> Result<(), Damage> {
        match line {
            Line::Comment(_) => {}
            Line::Platform(platform) if self.platform.is_none() => self.platform = Some(*platform),
            Line::Pool(pool) if self.platform.is_some() && self.pool.is_none() => self.pool = Some(*pool),
            Line::Module { id, name } if self.pool.is_some() && self.sources.is_empty() && !self.is_begun => {
                self.modules.push((*id, name.clone()));
            }
            Line::Source { copier, played } if self.pool.is_some() && !self.is_begun => {
                self.sources.push((*copier, *played));
            }
            Line::Event(event) if self.pool.is_some() => self.happen(event)?,
            _ => return Err(Damage::Order { expected: self.expected() }),
        }
        Ok(())
    }

    fn happen(&mut self, event: &Event) -> Result<(), Damage> {
        let is_reply = matches!(event.what, What::Reply(_));
        let fits = is_reply == self.is_asked || (self.is_asked && event.what == What::End);
        if self.is_over || !fits {
            return Err(Damage::Order { expected: self.expected() });
        }
        if event.tick < self.now {
            return Err(Damage::Time { now: self.now });
        }
        self.is_begun = true;
        self.now = event.tick;
        self.is_asked = matches!(event.what, What::Request(_));
        self.is_over = event.what == What::End;
        Ok(())
    }

    /// What may come next.
    fn expected(&self) -> &'static str {
        if self.platform.is_none() {
            "the `platform` line"
        } else if self.pool.is_none() {
            "the `pool` line"
        } else if !self.is_begun {
            "a `module` or `source` line, or what happened first"
        } else if self.is_over {
            "nothing but comments"
        } else if self.is_asked {
            "the reply to the message above"
        } else {
            "a message, a notification or the end"
        }
    }

    /// All lines were taken.
    pub(super) fn finish(self) -> Result<Head, Damage> {
        let short = Damage::Short { expected: "`platform` and `pool` lines" };
        match (self.platform, self.pool) {
            (Some(platform), Some(pool)) => {
                Ok(Head { platform, pool, modules: self.modules, sources: self.sources })
            }
            _ => Err(short),
        }
    }
}
