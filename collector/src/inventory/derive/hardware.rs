use kiemke_schemas::section::{
    hardware::{Hardware, Processor},
    operating_system::{Family, OperatingSystem},
};
use regex::Regex;
use std::sync::LazyLock;

/// All logical processors; known only where every package says its threads.
pub(super) fn logical_processors(machine: &Hardware) -> Option<u32> {
    let threads: Option<Vec<u32>> = machine.processors.iter().map(|p| p.threads.or(p.cores)).collect();
    threads.map(|t| t.into_iter().fold(0, u32::saturating_add)).filter(|total| *total > 0)
}

pub(super) fn processor_name(machine: &Hardware) -> Option<String> {
    let first = machine.processors.first()?.model.as_deref()?;
    Some(match machine.processors.len() {
        1 => first.to_owned(),
        packages => format!("{packages} × {first}"),
    })
}

/// Whether the next system of the same maker runs on this hardware: `None` where the facts do not decide.
/// Windows 11 wants a 64-bit processor of its list (Intel from the 8th generation, AMD from Ryzen 2000) and
/// 4 GB of memory; a processor on that list brings its own TPM 2.0. Linux wants 64 bits.
pub(super) fn successor_runs(system: &OperatingSystem, machine: Option<&Hardware>) -> Option<bool> {
    match system.family {
        Family::Linux => system.architecture.as_deref().map(|a| matches!(a, "x86_64" | "aarch64")),
        Family::Windows if system.server == Some(true) => None,
        Family::Windows => windows_11_runs(machine?),
        Family::Macos | Family::Other => None,
    }
}

/// Machines sold with 4 GB show up to 10 % less, taken by graphics and firmware.
const WINDOWS_11_MEMORY: u64 = 3_600 << 20;

fn windows_11_runs(machine: &Hardware) -> Option<bool> {
    let memory = machine.memory.as_ref().and_then(|m| m.total_bytes);
    let enough_memory = memory.map(|bytes| bytes >= WINDOWS_11_MEMORY);
    let listed = machine.processors.first().and_then(listed_for_windows_11);
    match (enough_memory, listed) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn listed_for_windows_11(processor: &Processor) -> Option<bool> {
    let lacks_sse42 = !processor.features.is_empty() && !processor.features.iter().any(|f| f == "sse4_2");
    if lacks_sse42 {
        return Some(false);
    }
    processor.model.as_deref().and_then(generation_listed)
}

struct Patterns {
    intel_core: Regex,
    intel_ultra: Regex,
    intel_small: Regex,
    intel_too_old: Regex,
    ryzen: Regex,
    amd_too_old: Regex,
}

static PATTERNS: LazyLock<Result<Patterns, regex::Error>> = LazyLock::new(|| {
    Ok(Patterns {
        intel_core: Regex::new(r"(?i)\bi[3579]-(\d{3,5})")?,
        intel_ultra: Regex::new(r"(?i)core(\(tm\))? (ultra )?[3579] \d{3}")?,
        intel_small: Regex::new(r"(?i)(?:celeron|pentium)(?:\(r\))?(?: gold)?(?:\(r\))? (?:cpu )?g(\d{4})")?,
        intel_too_old: Regex::new(concat!(
            r"(?i)core(\(tm\))?\s?2|pentium(\(r\))? (dual|d|4|m)\b|celeron(\(r\))? (d|m)\b",
            r"|dual-core +(cpu +)?e\d{4}|\bi[357] +cpu"
        ))?,
        ryzen: Regex::new(r"(?i)ryzen (?:threadripper )?(?:[3579] )?(?:pro )?(\d{4})")?,
        amd_too_old: Regex::new(concat!(
            r"(?i)athlon(\(tm\))?(?: 64| ii| x2| x4)|phenom|sempron|\bfx|",
            r"\ba\d{1,2}-\d{4}|\be\d-\d{4}"
        ))?,
    })
});

/// From the marketing name.
fn generation_listed(model: &str) -> Option<bool> {
    let patterns = PATTERNS.as_ref().ok()?;
    let number = |regex: &Regex| regex.captures(model)?.get(1)?.as_str().parse::<u32>().ok();
    if let Some(core) = number(&patterns.intel_core) {
        // i5-760: first generation; i5-8400: 8th; i5-12400: 12th; i7-1165G7: 11th in four digits.
        let generation = match core {
            0..1000 => 1,
            1000..2000 => core / 100,
            _ => core / 1000,
        };
        return Some(generation >= 8);
    }
    if let Some(small) = number(&patterns.intel_small) {
        return Some(small >= 4900);
    }
    if let Some(ryzen) = number(&patterns.ryzen) {
        return Some(ryzen >= 2300);
    }
    if patterns.intel_too_old.is_match(model) || patterns.amd_too_old.is_match(model) {
        return Some(false);
    }
    patterns.intel_ultra.is_match(model).then_some(true)
}
