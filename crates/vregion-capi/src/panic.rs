//! What firmware does with a defect of this library: log it and stop the caller, as no answer would be right.

use core::panic::PanicInfo;

use crate::log::{Level, line};

#[panic_handler]
fn halt(info: &PanicInfo<'_>) -> ! {
    line(Level::Error, format_args!("{info}"));
    loop {
        core::hint::spin_loop();
    }
}
