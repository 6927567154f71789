//! Tells the program for which target it was built: only releases for that one may replace it.

fn main() {
    let target = std::env::var("TARGET").unwrap_or_default();
    println!("cargo:rustc-env=KIEMKE_TARGET={target}");
    println!("cargo:rerun-if-changed=build.rs");
}
