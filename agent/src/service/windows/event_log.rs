//! The log of a service: warnings and errors go to Windows' own event log.
#![allow(unsafe_code, reason = "calls of the Windows API")]

use super::super::NAME;
use anyhow::{Result, bail};
use std::{io, ptr};
use tracing::{Level, Metadata, level_filters::LevelFilter};
use tracing_subscriber::fmt::MakeWriter;
use windows_sys::Win32::{
    Foundation::ERROR_SUCCESS,
    System::{
        EventLog::{
            DeregisterEventSource, EVENTLOG_ERROR_TYPE, EVENTLOG_INFORMATION_TYPE, EVENTLOG_WARNING_TYPE,
            REPORT_EVENT_TYPE, RegisterEventSourceW, ReportEventW,
        },
        Registry::{
            HKEY, HKEY_LOCAL_MACHINE, KEY_WOW64_64KEY, KEY_WRITE, REG_DWORD, REG_EXPAND_SZ,
            REG_OPTION_NON_VOLATILE, RegCloseKey, RegCreateKeyExW, RegDeleteTreeW, RegSetValueExW,
        },
    },
};

/// Every Windows has this program, whose messages 1 to 1000 are the text that comes along.
const MESSAGES: &str = r"%SystemRoot%\System32\EventCreate.exe";
const EVENT_ID: u32 = 1;
/// Longest text of an event.
const UNITS: usize = 31_000;

fn key() -> Vec<u16> {
    wide(&format!(r"SYSTEM\CurrentControlSet\Services\EventLog\Application\{NAME}"))
}

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

pub fn register() -> Result<()> {
    let (path, mut key): (_, HKEY) = (key(), ptr::null_mut());
    // SAFETY: the path ends in a zero; `key` is a place for one handle.
    let code = unsafe {
        RegCreateKeyExW(
            HKEY_LOCAL_MACHINE,
            path.as_ptr(),
            0,
            ptr::null(),
            REG_OPTION_NON_VOLATILE,
            KEY_WRITE | KEY_WOW64_64KEY,
            ptr::null(),
            &raw mut key,
            ptr::null_mut(),
        )
    };
    if code != ERROR_SUCCESS {
        bail!(
            "the event log's source cannot be registered: {}",
            io::Error::from_raw_os_error(code.cast_signed())
        );
    }
    let file: Vec<u8> = wide(MESSAGES).iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let kinds = 7_u32.to_le_bytes();
    for (name, kind, bytes) in
        [("EventMessageFile", REG_EXPAND_SZ, file.as_slice()), ("TypesSupported", REG_DWORD, &kinds)]
    {
        let name = wide(name);
        // SAFETY: the name ends in a zero, the length is that of the bytes.
        unsafe { RegSetValueExW(key, name.as_ptr(), 0, kind, bytes.as_ptr(), bytes.len() as u32) };
    }
    // SAFETY: opened above, closed once.
    unsafe { RegCloseKey(key) };
    Ok(())
}

/// Nothing to do where it is not there.
pub fn unregister() {
    let path = key();
    // SAFETY: the path ends in a zero.
    unsafe { RegDeleteTreeW(HKEY_LOCAL_MACHINE, path.as_ptr()) };
}

/// Sends what the agent logs to the event log.
pub fn subscribe() {
    let _ = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::WARN)
        .with_writer(EventLog(EVENTLOG_INFORMATION_TYPE))
        .with_target(false)
        .with_level(false)
        .without_time()
        .with_ansi(false)
        .try_init();
}

pub fn started() {
    report(EVENTLOG_INFORMATION_TYPE, concat!("kiemke-agent ", env!("CARGO_PKG_VERSION"), " started"));
}

pub fn stopped() {
    report(EVENTLOG_INFORMATION_TYPE, "kiemke-agent stopped");
}

/// Each write is one event.
pub struct EventLog(REPORT_EVENT_TYPE);

impl<'a> MakeWriter<'a> for EventLog {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        Self(self.0)
    }

    fn make_writer_for(&'a self, metadata: &Metadata<'_>) -> Self {
        Self(match *metadata.level() {
            Level::ERROR => EVENTLOG_ERROR_TYPE,
            Level::WARN => EVENTLOG_WARNING_TYPE,
            _ => EVENTLOG_INFORMATION_TYPE,
        })
    }
}

impl io::Write for EventLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        report(self.0, String::from_utf8_lossy(bytes).trim());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A log that cannot be written must not stop the agent.
fn report(kind: REPORT_EVENT_TYPE, text: &str) {
    let source = wide(NAME);
    // SAFETY: the name ends in a zero; null is this computer.
    let log = unsafe { RegisterEventSourceW(ptr::null(), source.as_ptr()) };
    if log.is_null() {
        return;
    }
    let message: Vec<u16> = text.encode_utf16().take(UNITS).chain([0]).collect();
    let strings = [message.as_ptr()];
    // SAFETY: one string that ends in a zero; no user and no data.
    unsafe {
        ReportEventW(log, kind, 0, EVENT_ID, ptr::null_mut(), 1, 0, strings.as_ptr(), ptr::null());
        DeregisterEventSource(log);
    }
}
