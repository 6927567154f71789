//! Brings the web assets of `web-assets/package-lock.json` and our own CSS and JS into the binary, so that
//! pages need no other host at run time.

use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use std::{
    error::Error,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

const SOURCE: &str = "web-assets";
/// Name under which a file is served, and where it comes from.
const FROM_NPM: &[(&str, &str)] = &[
    ("tabler.css", "@tabler/core/dist/css/tabler.min.css"),
    ("htmx.js", "htmx.org/dist/htmx.min.js"),
    ("echarts.js", "echarts/dist/echarts.common.min.js"),
];
const OWN: &[&str] = &["kiemke.css", "kiemke.js", "chart.js", "favicon.svg"];
const ICONS: &str = "icons.txt";
const ICON_FILES: &str = "@tabler/icons/icons/outline";

/// What the icons' own svg elements say.
const SYMBOL: &str = r#"viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round""#;

type Done<T = ()> = Result<T, Box<dyn Error>>;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={SOURCE}");
    println!("cargo::rerun-if-changed=migrations");
    if let Err(error) = build() {
        println!("cargo::error=web assets: {error}");
        std::process::exit(1);
    }
}

fn build() -> Done {
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let vendor = out.join("vendor");
    let icons = fs::read_to_string(Path::new(SOURCE).join(ICONS))?;
    let lock = fs::read_to_string(Path::new(SOURCE).join("package-lock.json"))?;
    let stamp = format!("{lock}{icons}{FROM_NPM:?}{SYMBOL}");
    if fs::read_to_string(vendor.join("stamp")).ok().as_deref() != Some(&stamp) {
        fetch(&out, &vendor, &icons)?;
        fs::write(vendor.join("stamp"), stamp)?;
    }
    let mut table = String::from("pub static ASSETS: &[Asset] = &[\n");
    let files = FROM_NPM.iter().map(|(name, _)| vendor.join(name)).chain([vendor.join("icons.svg")]);
    for file in files.chain(OWN.iter().map(|name| Path::new(SOURCE).join(name))) {
        embed(&file, &out, &mut table)?;
    }
    table.push_str("];\n");
    fs::write(out.join("assets.rs"), table)?;
    Ok(())
}

/// `npm ci`, then keeps only the files that are served: the packages are over 100 MB.
fn fetch(out: &Path, vendor: &Path, icons: &str) -> Done {
    let work = out.join("npm");
    fs::create_dir_all(&work)?;
    fs::create_dir_all(vendor)?;
    for name in ["package.json", "package-lock.json"] {
        fs::copy(Path::new(SOURCE).join(name), work.join(name))?;
    }
    npm_ci(&work)?;
    let modules = work.join("node_modules");
    for (name, path) in FROM_NPM {
        fs::copy(modules.join(path), vendor.join(name)).map_err(|error| format!("{path}: {error}"))?;
    }
    fs::write(vendor.join("icons.svg"), sprite(&modules.join(ICON_FILES), icons)?)?;
    fs::remove_dir_all(work)?;
    Ok(())
}

fn npm_ci(work: &Path) -> Done {
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let run = Command::new(npm)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"])
        .current_dir(work)
        .output()
        .map_err(|error| format!("cannot start npm ({error}): install Node.js 20 or later with npm"))?;
    if run.status.success() {
        return Ok(());
    }
    let told = String::from_utf8_lossy(&run.stderr);
    let line = told.lines().find(|line| line.contains("npm error") && !line.contains("npm error code"));
    Err(format!("npm ci failed: {}", line.unwrap_or("no message")).into())
}

fn sprite(folder: &Path, names: &str) -> Done<String> {
    let mut svg = String::from("<svg xmlns=\"http://www.w3.org/2000/svg\">\n");
    for name in names.split_whitespace() {
        let text = fs::read_to_string(folder.join(format!("{name}.svg")))
            .map_err(|error| format!("icon {name} of {ICONS}: {error}"))?;
        let body = text
            .split_once('>')
            .and_then(|(_, rest)| rest.rsplit_once("</svg>"))
            .ok_or_else(|| format!("icon {name}: not an svg element"))?
            .0;
        writeln!(svg, "<symbol id=\"{name}\" {SYMBOL}>{}</symbol>", body.trim())?;
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

fn embed(file: &Path, out: &Path, table: &mut String) -> Done {
    let name = file.file_name().and_then(|name| name.to_str()).ok_or("asset without a name")?;
    let mut bytes = fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    if let Ok(text) = std::str::from_utf8(&bytes) {
        bytes = without_source_map(text).into_bytes();
    }
    let hash: String = Sha256::digest(&bytes).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let plain = out.join(format!("asset-{name}"));
    let packed = out.join(format!("asset-{name}.gz"));
    let mut encoder = GzEncoder::new(fs::File::create(&packed)?, Compression::best());
    encoder.write_all(&bytes)?;
    encoder.finish()?;
    fs::write(&plain, bytes)?;
    writeln!(
        table,
        "    Asset {{ name: {name:?}, hash: {hash:?}, plain: include_bytes!({plain:?}), gzip: include_bytes!({packed:?}) }},"
    )?;
    Ok(())
}

/// The maps are not served: a reference to them would only make a 404 in every developer console.
fn without_source_map(text: &str) -> String {
    text.lines().filter(|line| !line.contains("# sourceMappingURL=")).collect::<Vec<_>>().join("\n")
}
