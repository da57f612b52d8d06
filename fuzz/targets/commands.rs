#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    fix401_fuzz::commands(&String::from_utf8_lossy(bytes));
});
