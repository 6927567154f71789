//! Version, name, firmware, processors, memory.

use super::{last_problem, narrow};
use crate::probe::windows::{Memory, ProcessorTime, Processors, Version, cores};
use kiemke_schemas::{Problem, ProblemKind};
use std::{ptr, time::Duration};
use windows_sys::{
    Wdk::System::SystemServices::RtlGetVersion,
    Win32::{
        Foundation::FILETIME,
        System::{
            SystemInformation::{
                COMPUTER_NAME_FORMAT, ComputerNamePhysicalDnsDomain, ComputerNamePhysicalDnsHostname,
                GetComputerNameExW, GetLogicalProcessorInformationEx, GetNativeSystemInfo,
                GetPhysicallyInstalledSystemMemory, GetSystemFirmwareTable, GetTickCount64,
                GlobalMemoryStatusEx, MEMORYSTATUSEX, OSVERSIONINFOEXW, PROCESSOR_ARCHITECTURE_AMD64,
                PROCESSOR_ARCHITECTURE_ARM64, PROCESSOR_ARCHITECTURE_INTEL, RSMB, RelationAll, SYSTEM_INFO,
            },
            Threading::GetSystemTimes,
        },
    },
};

pub fn version() -> Result<Version, Problem> {
    let mut info = OSVERSIONINFOEXW {
        dwOSVersionInfoSize: size_of::<OSVERSIONINFOEXW>() as u32,
        ..OSVERSIONINFOEXW::default()
    };
    // SAFETY: the longer structure is allowed where its size says so.
    let status = unsafe { RtlGetVersion((&raw mut info).cast()) };
    if status != 0 {
        return Err(Problem::new(ProblemKind::Failed, "RtlGetVersion", format!("status {status:#x}")));
    }
    Ok(Version {
        major: info.dwMajorVersion,
        minor: info.dwMinorVersion,
        build: info.dwBuildNumber,
        service_pack: info.wServicePackMajor,
        product_type: info.wProductType,
        architecture: architecture(),
    })
}

/// The machine's, since a 32-bit agent may run on a 64-bit Windows.
fn architecture() -> Option<&'static str> {
    let mut info = SYSTEM_INFO::default();
    // SAFETY: `info` is a place for the answer; this member of the union is always set.
    let kind = unsafe {
        GetNativeSystemInfo(&raw mut info);
        info.Anonymous.Anonymous.wProcessorArchitecture
    };
    match kind {
        PROCESSOR_ARCHITECTURE_AMD64 => Some("x86_64"),
        PROCESSOR_ARCHITECTURE_INTEL => Some("x86"),
        PROCESSOR_ARCHITECTURE_ARM64 => Some("aarch64"),
        _ => None,
    }
}

pub fn host_name() -> Result<(String, Option<String>), Problem> {
    let host = computer_name(ComputerNamePhysicalDnsHostname)?;
    let domain = computer_name(ComputerNamePhysicalDnsDomain).ok().filter(|domain| !domain.is_empty());
    Ok((host, domain))
}

fn computer_name(kind: COMPUTER_NAME_FORMAT) -> Result<String, Problem> {
    let mut buffer = [0_u16; 512];
    let mut length = buffer.len() as u32;
    // SAFETY: `length` is the buffer's.
    match unsafe { GetComputerNameExW(kind, buffer.as_mut_ptr(), &raw mut length) } {
        0 => Err(last_problem("GetComputerNameEx")),
        _ => Ok(narrow(&buffer)),
    }
}

pub fn uptime() -> Duration {
    // SAFETY: takes nothing.
    Duration::from_millis(unsafe { GetTickCount64() })
}

/// What stands before the table in the firmware's answer: calling method, version, length.
const RAW_HEADER: usize = 8;

pub fn smbios() -> Result<Vec<u8>, Problem> {
    const SOURCE: &str = "GetSystemFirmwareTable RSMB";
    // SAFETY: without a buffer the call tells the size.
    let size = unsafe { GetSystemFirmwareTable(RSMB, 0, ptr::null_mut(), 0) };
    if size == 0 {
        return Err(last_problem(SOURCE));
    }
    let mut bytes = vec![0_u8; size as usize];
    // SAFETY: `size` is the buffer's.
    let read = unsafe { GetSystemFirmwareTable(RSMB, 0, bytes.as_mut_ptr(), size) };
    if read == 0 || read > size {
        return Err(last_problem(SOURCE));
    }
    bytes.truncate(read as usize);
    match bytes.split_at_checked(RAW_HEADER) {
        Some((_, table)) if !table.is_empty() => Ok(table.to_vec()),
        _ => Err(Problem::new(ProblemKind::Absent, SOURCE, "the firmware has no SMBIOS table")),
    }
}

pub fn processors() -> Result<Processors, Problem> {
    const SOURCE: &str = "GetLogicalProcessorInformationEx";
    let mut size = 0;
    // SAFETY: without a buffer the call fails and tells the size.
    unsafe { GetLogicalProcessorInformationEx(RelationAll, ptr::null_mut(), &raw mut size) };
    // In units that keep the records aligned.
    let mut buffer = vec![0_u64; (size as usize).div_ceil(size_of::<u64>())];
    // SAFETY: `size` is not more than the buffer's.
    if size == 0
        || unsafe { GetLogicalProcessorInformationEx(RelationAll, buffer.as_mut_ptr().cast(), &raw mut size) }
            == 0
    {
        return Err(last_problem(SOURCE));
    }
    let bytes: Vec<u8> = buffer.iter().flat_map(|word| word.to_ne_bytes()).take(size as usize).collect();
    let (features, hypervisor) = instruction_sets();
    Ok(Processors { packages: cores::packages(&bytes, size_of::<usize>()), features, hypervisor })
}

/// By the names that Linux gives them; those decide whether the next Windows runs.
#[cfg(any(target_arch = "x86_64", target_arch = "x86"))]
fn instruction_sets() -> (Vec<String>, bool) {
    #[cfg(target_arch = "x86")]
    use std::arch::x86::__cpuid;
    #[cfg(target_arch = "x86_64")]
    use std::arch::x86_64::__cpuid;
    let detected = [
        ("aes", is_x86_feature_detected!("aes")),
        ("avx", is_x86_feature_detected!("avx")),
        ("avx2", is_x86_feature_detected!("avx2")),
        ("cx16", is_x86_feature_detected!("cmpxchg16b")),
        ("popcnt", is_x86_feature_detected!("popcnt")),
        ("sse4_1", is_x86_feature_detected!("sse4.1")),
        ("sse4_2", is_x86_feature_detected!("sse4.2")),
        ("ssse3", is_x86_feature_detected!("ssse3")),
    ];
    let (basic, highest) = (__cpuid(1), __cpuid(0x8000_0000).eax);
    let extended = (highest > 0x8000_0000).then(|| __cpuid(0x8000_0001));
    let bit = |word: Option<u32>, at: u32| word.is_some_and(|word| word >> at & 1 == 1);
    let more = [
        ("lahf_lm", bit(extended.map(|e| e.ecx), 0)),
        ("lm", bit(extended.map(|e| e.edx), 29)),
        ("nx", bit(extended.map(|e| e.edx), 20)),
    ];
    let mut names: Vec<String> =
        detected.iter().chain(&more).filter(|(_, has)| *has).map(|(name, _)| (*name).to_owned()).collect();
    names.sort_unstable();
    (names, bit(Some(basic.ecx), 31))
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "x86")))]
fn instruction_sets() -> (Vec<String>, bool) {
    (Vec::new(), false)
}

pub fn memory() -> Result<Memory, Problem> {
    let mut status =
        MEMORYSTATUSEX { dwLength: size_of::<MEMORYSTATUSEX>() as u32, ..MEMORYSTATUSEX::default() };
    // SAFETY: the structure knows its size.
    if unsafe { GlobalMemoryStatusEx(&raw mut status) } == 0 {
        return Err(last_problem("GlobalMemoryStatusEx"));
    }
    let mut kibibytes = 0;
    // SAFETY: a place for one number.
    let installed = unsafe { GetPhysicallyInstalledSystemMemory(&raw mut kibibytes) } != 0;
    Ok(Memory {
        total_bytes: status.ullTotalPhys,
        available_bytes: status.ullAvailPhys,
        installed_bytes: installed.then_some(kibibytes << 10).filter(|bytes| *bytes > 0),
    })
}

pub fn processor_time() -> Result<ProcessorTime, Problem> {
    let mut times: [FILETIME; 3] = Default::default();
    let [idle, kernel, user] = &mut times;
    // SAFETY: three places for a time each.
    if unsafe { GetSystemTimes(idle, kernel, user) } == 0 {
        return Err(last_problem("GetSystemTimes"));
    }
    let number = |time: &FILETIME| u64::from(time.dwHighDateTime) << 32 | u64::from(time.dwLowDateTime);
    let [idle, kernel, user] = [number(&times[0]), number(&times[1]), number(&times[2])];
    // The kernel's time holds the idle time.
    Ok(ProcessorTime { idle, total: kernel.saturating_add(user) })
}
