//! The way of a log line to the platform.

use core::ffi::{c_char, c_int};
use core::fmt::{self, Write};
use core::sync::atomic::{AtomicPtr, Ordering};

/// How bad it is: Zephyr's numbers, as in `enum vregion_log_level`.
#[derive(Clone, Copy)]
pub(crate) enum Level {
    Error = 1,
    Warning = 2,
    Info = 3,
    Debug = 4,
}

/// Takes a level, a line that a zero byte ends, and the length of the line without that byte. It is called
/// outside of all locks, so it may call this library; the line is only valid during the call.
pub type LogHook = unsafe extern "C" fn(level: c_int, message: *const c_char, length: usize);

/// Bytes of a line, its zero byte included. What is longer is cut.
const LINE_BYTES: usize = 192;

/// The hook as a pointer, or null.
static HOOK: AtomicPtr<()> = AtomicPtr::new(core::ptr::null_mut());

/// Sets where log lines go; `None` (a null pointer) turns them off, as at the start.
///
/// # Safety
/// The hook must be callable from any thread that calls this library, until another is set and the calls that
/// were running then have returned.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vregion_set_log(hook: Option<LogHook>) {
    HOOK.store(hook.map_or(core::ptr::null_mut(), |hook| hook as *mut ()), Ordering::Release);
}

/// Logs a line if there is a hook. Without one, nothing is formatted.
pub(crate) fn line(level: Level, text: fmt::Arguments<'_>) {
    let hook = HOOK.load(Ordering::Acquire);
    if hook.is_null() {
        return;
    }
    // SAFETY: `vregion_set_log` is the only one that writes a pointer other than null, and it writes that of a
    // `LogHook`. Function and data pointers have one size on all targets that have atomic pointers to both.
    let hook: LogHook = unsafe { core::mem::transmute(hook) };
    let mut line = Line { bytes: [0; LINE_BYTES], length: 0 };
    // A `Line` takes everything and cuts what is too long, so this has no error to report.
    let _always_ok = line.write_fmt(text);
    // SAFETY: who set the hook promised that it may be called from here. The line lives until it returns, and a
    // zero byte follows its `length`, which is less than `LINE_BYTES`.
    unsafe { hook(level as c_int, line.bytes.as_ptr().cast(), line.length) };
}

/// A line of text on the stack; the bytes from `length` on are zero.
struct Line {
    bytes: [u8; LINE_BYTES],
    length: usize,
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = LINE_BYTES - 1 - self.length;
        let taken = text.floor_char_boundary(room);
        self.bytes[self.length..self.length + taken].copy_from_slice(&text.as_bytes()[..taken]);
        self.length += taken;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut_between_characters_and_ends_with_a_zero() {
        let mut line = Line { bytes: [0; LINE_BYTES], length: 0 };
        let text = "é".repeat(LINE_BYTES);
        write!(line, "x{text}").unwrap();
        assert_eq!(line.length, LINE_BYTES - 1, "191 is 1 + 95 * 2");
        assert_eq!(line.bytes[LINE_BYTES - 1], 0);
        assert!(core::str::from_utf8(&line.bytes[..line.length]).is_ok());
        write!(line, "more").unwrap();
        assert_eq!(line.length, LINE_BYTES - 1);
    }
}
