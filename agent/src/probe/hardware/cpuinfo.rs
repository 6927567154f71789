//! `/proc/cpuinfo` of x86 and ARM.

use kiemke_schemas::section::hardware::Processor;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Default, PartialEq, Eq)]
pub struct CpuInfo {
    /// One a package.
    pub processors: Vec<Processor>,
    /// The machine runs on a hypervisor.
    pub hypervisor: bool,
}

/// Instruction sets that decide whether a machine can run the next operating system.
const DECIDING: &[&str] =
    &["aes", "avx", "avx2", "cx16", "lahf_lm", "lm", "nx", "popcnt", "sse4_1", "sse4_2", "ssse3"];

#[derive(Default)]
struct Package {
    maker: Option<String>,
    model: Option<String>,
    features: Vec<String>,
    cores: BTreeSet<String>,
    threads: u32,
}

pub fn parse(text: &str) -> CpuInfo {
    let mut packages: BTreeMap<u32, Package> = BTreeMap::new();
    let mut hypervisor = false;
    for block in text.split("\n\n") {
        let fields: BTreeMap<&str, &str> = block
            .lines()
            .filter_map(|line| line.split_once(':'))
            .map(|(k, v)| (k.trim(), v.trim()))
            .collect();
        if !fields.contains_key("processor") {
            continue;
        }
        let flags = fields.get("flags").or_else(|| fields.get("Features")).copied().unwrap_or_default();
        hypervisor |= flags.split(' ').any(|flag| flag == "hypervisor");
        let number = fields.get("physical id").and_then(|id| id.parse().ok()).unwrap_or(0);
        let package = packages.entry(number).or_default();
        package.threads += 1;
        if let Some(core) = fields.get("core id") {
            package.cores.insert((*core).to_owned());
        }
        if package.threads == 1 {
            package.maker = fields.get("vendor_id").map(|id| maker(id).to_owned());
            package.model = model(&fields);
            package.features =
                flags.split(' ').filter(|flag| DECIDING.contains(flag)).map(str::to_owned).collect();
            package.features.sort_unstable();
        }
    }
    CpuInfo { processors: packages.into_values().map(processor).collect(), hypervisor }
}

fn processor(package: Package) -> Processor {
    let cores = u32::try_from(package.cores.len()).ok().filter(|count| *count > 0);
    Processor {
        maker: package.maker,
        model: package.model,
        cores,
        threads: Some(package.threads),
        max_mhz: None,
        features: package.features,
    }
}

/// Of the text that CPUID gives.
pub fn maker(id: &str) -> &str {
    match id {
        "GenuineIntel" => "Intel",
        "AuthenticAMD" => "AMD",
        "CentaurHauls" | "  Shanghai  " | "Shanghai" => "Zhaoxin",
        "HygonGenuine" => "Hygon",
        other => other,
    }
}

fn model(fields: &BTreeMap<&str, &str>) -> Option<String> {
    let name =
        fields.get("model name").or_else(|| fields.get("Model")).or_else(|| fields.get("cpu model"))?;
    Some(name.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO_THREADS: &str = "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: Intel(R) Core(TM)  i3-10100 CPU @ 3.60GHz\n\
        physical id\t: 0\ncore id\t\t: 0\nflags\t\t: fpu sse4_2 avx2 lm\n\n\
        processor\t: 1\nvendor_id\t: GenuineIntel\nmodel name\t: Intel(R) Core(TM)  i3-10100 CPU @ 3.60GHz\n\
        physical id\t: 0\ncore id\t\t: 0\nflags\t\t: fpu sse4_2 avx2 lm\n\n";

    #[test]
    fn threads_of_one_core_are_one_package() {
        let info = parse(TWO_THREADS);
        assert!(!info.hypervisor);
        assert_eq!(
            info.processors,
            [Processor {
                maker: Some("Intel".into()),
                model: Some("Intel(R) Core(TM) i3-10100 CPU @ 3.60GHz".into()),
                cores: Some(1),
                threads: Some(2),
                max_mhz: None,
                features: vec!["avx2".into(), "lm".into(), "sse4_2".into()],
            }]
        );
    }

    #[test]
    fn sockets_are_packages_and_the_hypervisor_flag_is_seen() {
        let text = "processor: 0\nphysical id: 0\ncore id: 0\nflags: hypervisor\n\nprocessor: 1\nphysical id: 1\ncore id: 0\n";
        let info = parse(text);
        assert_eq!(info.processors.len(), 2);
        assert!(info.hypervisor);
    }

    #[test]
    fn without_topology_the_cores_are_not_known() {
        let info = parse("processor : 0\nFeatures : fp asimd\n\nprocessor : 1\n");
        assert_eq!((info.processors[0].cores, info.processors[0].threads), (None, Some(2)));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "(processor|flags|:| |\n|[a-z0-9])*") {
            let _ = parse(&text);
        }
    }
}
