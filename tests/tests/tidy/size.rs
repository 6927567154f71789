use super::{Source, none, sources};

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 40;
/// Tests list their data.
const TEST_LINES: usize = 60;

/// Files and functions that are long for a reason; `path` or `path::function`.
const LONGER: [&str; 4] = [
    // One `select!` over everything an agent waits for.
    "agent/src/agent/round.rs::run",
    // One literal with the fields of the page.
    "collector/src/web/pages/overview.rs::show",
    // Lists of expectations, one line a recorded device.
    "agent/tests/conformance/outputs.rs::recorded_outputs_on_linux",
    "agent/tests/conformance/outputs.rs::recorded_outputs_on_windows",
];

#[test]
fn files_are_short() {
    let long = |source: &Source| {
        let lines = source.text.lines().count();
        (lines >= FILE_LINES && !LONGER.contains(&source.path.as_str()))
            .then(|| format!("{}: {lines} lines", source.path))
    };
    let findings = ["rs", "html", "ftl", "sql", "sh", "py", "ts", "js", "css"]
        .iter()
        .flat_map(|ending| sources(&format!(".{ending}")))
        .filter_map(|source| long(&source))
        .collect();
    none(findings, "split these files (or say in LONGER why not):");
}

#[test]
fn functions_are_short() {
    let findings = sources(".rs").iter().flat_map(long_functions).collect();
    none(findings, "split these functions (or say in LONGER why not):");
}

/// Relies on rustfmt: a function ends at the first `}` that stands as far left as its `fn` line.
fn long_functions(source: &Source) -> Vec<String> {
    let lines: Vec<&str> = source.text.lines().collect();
    let mut findings = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line).filter(|_| !line.ends_with('}')) else { continue };
        let indent = line.len() - line.trim_start().len();
        let ends = |line: &&str| line.len() - line.trim_start().len() == indent && line.trim() == "}";
        let Some(length) = lines[start..].iter().position(ends) else { continue };
        let declaration_only = lines[start..]
            .iter()
            .take(8)
            .any(|line| line.ends_with(';') && line.len() - line.trim_start().len() == indent);
        let key = format!("{}::{name}", source.path);
        let test = source.path.contains("tests") || lines[..start].contains(&"#[cfg(test)]");
        let limit = if test { TEST_LINES } else { FUNCTION_LINES };
        if length + 1 > limit && !declaration_only && !LONGER.contains(&key.as_str()) {
            findings.push(format!("{}:{}: fn {name}: {} lines", source.path, start + 1, length + 1));
        }
    }
    findings
}

fn function_name(line: &str) -> Option<&str> {
    let mut words = line.trim_start();
    for qualifier in
        ["pub ", "pub(crate) ", "pub(super) ", "const ", "async ", "unsafe ", "extern \"system\" "]
    {
        words = words.strip_prefix(qualifier).unwrap_or(words);
    }
    let rest = words.strip_prefix("fn ")?;
    rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()
}
