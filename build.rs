//! Tells cargo that files are part of the program: a new article changes no source file, and would be left out until one
//! changes.

fn main() {
    for folder in ["content", "migrations", "static"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
