#![no_main]

libfuzzer_sys::fuzz_target!(init: fix401_fuzz::prepare(), |bytes: &[u8]| {
    fix401_fuzz::diagnose(&String::from_utf8_lossy(bytes));
});
