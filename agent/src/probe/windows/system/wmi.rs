use crate::parse::records::Record;
use kiemke_schemas::{Problem, ProblemKind};
use std::collections::BTreeMap;
use wmi::{AuthLevel, Variant, WMIConnection, WMIError};

/// Each namespace is asked rarely: a connection is made for the question and not kept.
pub fn query(namespace: &str, query: &str) -> Result<Vec<Record>, Problem> {
    let source = source(namespace, query);
    let failed = |error: WMIError| problem(&source, &error);
    com()?;
    let connection = WMIConnection::with_namespace_path(namespace).map_err(failed)?;
    // Some namespaces (BitLocker) answer only over an encrypted call.
    connection.set_proxy_blanket(AuthLevel::PktPrivacy).map_err(failed)?;
    let rows: Vec<BTreeMap<String, Variant>> = connection.raw_query(query).map_err(failed)?;
    Ok(rows.into_iter().map(record).collect())
}

fn source(namespace: &str, query: &str) -> String {
    let mut words = query.split_whitespace().skip_while(|word| !word.eq_ignore_ascii_case("from"));
    format!("{namespace}:{}", words.nth(1).unwrap_or_default())
}

/// The crate does this itself except for Windows 7.
#[cfg(target_vendor = "win7")]
fn com() -> Result<(), Problem> {
    use std::ptr;
    use windows_sys::Win32::{
        Foundation::{RPC_E_CHANGED_MODE, RPC_E_TOO_LATE},
        System::Com::{
            COINIT_MULTITHREADED, CoInitializeEx, CoInitializeSecurity, EOAC_NONE, RPC_C_AUTHN_LEVEL_DEFAULT,
            RPC_C_IMP_LEVEL_IMPERSONATE,
        },
    };
    let failed = |code: i32| {
        Problem::new(ProblemKind::Failed, "COM", format!("cannot be started: {:#010x}", code.cast_unsigned()))
    };
    // SAFETY: nothing is handed over; every probe runs in a thread of its own that ends with it.
    let code = unsafe { CoInitializeEx(ptr::null(), COINIT_MULTITHREADED.cast_unsigned()) };
    if code < 0 && code != RPC_E_CHANGED_MODE {
        return Err(failed(code));
    }
    // SAFETY: null is the default for every pointer.
    let code = unsafe {
        CoInitializeSecurity(
            ptr::null_mut(),
            -1,
            ptr::null(),
            ptr::null(),
            RPC_C_AUTHN_LEVEL_DEFAULT,
            RPC_C_IMP_LEVEL_IMPERSONATE,
            ptr::null(),
            EOAC_NONE.cast_unsigned(),
            ptr::null(),
        )
    };
    // Once a process; a second time is "too late".
    if code < 0 && code != RPC_E_TOO_LATE { Err(failed(code)) } else { Ok(()) }
}

#[cfg(not(target_vendor = "win7"))]
fn com() -> Result<(), Problem> {
    Ok(())
}

fn problem(source: &str, error: &WMIError) -> Problem {
    let WMIError::HResultError { hres } = error else {
        return Problem::new(ProblemKind::Failed, source, error.to_string());
    };
    let (kind, message) = match hres.cast_unsigned() {
        0x8004_1003 | 0x8007_0005 => (ProblemKind::Denied, "access denied"),
        0x8004_1002 => (ProblemKind::Absent, "not found"),
        0x8004_100e => (ProblemKind::Absent, "no such namespace"),
        0x8004_1010 => (ProblemKind::Absent, "no such class"),
        0x8004_100c => (ProblemKind::Unsupported, "not supported"),
        0x8004_1013 | 0x8004_1014 => (ProblemKind::Failed, "the provider cannot be loaded"),
        0x8007_0422 | 0x8007_06ba => (ProblemKind::Absent, "the WMI service does not run"),
        _ => return Problem::new(ProblemKind::Failed, source, error.to_string()),
    };
    Problem::new(kind, source, format!("{message} ({:#010x})", hres.cast_unsigned()))
}

fn record(row: BTreeMap<String, Variant>) -> Record {
    Record::of(row.into_iter().map(|(name, value)| (name, text(&value))))
}

/// As PowerShell would print it, so that live values and recordings read the same.
fn text(value: &Variant) -> String {
    match value {
        Variant::Null | Variant::Empty => String::new(),
        Variant::String(text) => text.clone(),
        Variant::Bool(truth) => truth.to_string(),
        Variant::I1(number) => number.to_string(),
        Variant::I2(number) => number.to_string(),
        Variant::I4(number) => number.to_string(),
        Variant::I8(number) => number.to_string(),
        Variant::UI1(number) => number.to_string(),
        Variant::UI2(number) => number.to_string(),
        Variant::UI4(number) => number.to_string(),
        Variant::UI8(number) => number.to_string(),
        Variant::R4(number) => number.to_string(),
        Variant::R8(number) => number.to_string(),
        Variant::Array(list) => list.iter().map(text).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    }
}
