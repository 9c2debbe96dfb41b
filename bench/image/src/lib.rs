//! What every image here has: an entry, and a way to keep a table of modules that nothing calls.
#![no_std]

use headroom_module::ModuleEntry;

/// Makes the image of a table of modules: all that their rows refer to is linked, and nothing else.
#[macro_export]
macro_rules! image {
    ($table:expr) => {
        #[unsafe(no_mangle)]
        extern "C" fn _start() -> ! {
            $crate::keep(const { $table });
            loop {}
        }

        #[panic_handler]
        fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
            loop {}
        }
    };
}

/// Whoever links this can't know what happens to a table that it is handed.
pub fn keep(table: &'static [ModuleEntry]) {
    core::hint::black_box(table);
}
