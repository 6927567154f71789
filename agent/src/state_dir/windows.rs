#![allow(unsafe_code, reason = "a call of the Windows API")]

use std::{env, ffi::OsString, os::windows::ffi::OsStringExt, path::PathBuf, ptr};
use windows_sys::{
    Win32::System::Registry::{HKEY_LOCAL_MACHINE, RRF_RT_REG_SZ, RegGetValueW},
    w,
};

/// Where programs keep what belongs to no person. By the registry: the environment is the caller's to change, and
/// not every service gets a whole one.
pub fn program_data() -> PathBuf {
    let by_environment = || env::var_os("ProgramData").filter(|path| !path.is_empty());
    registered().or_else(by_environment).map_or_else(|| r"C:\ProgramData".into(), PathBuf::from)
}

fn registered() -> Option<OsString> {
    let mut text = [0_u16; 520];
    let mut bytes = size_of_val(&text) as u32;
    // SAFETY: both names end in a zero, the size is the buffer's; variables in the value are expanded.
    let code = unsafe {
        RegGetValueW(
            HKEY_LOCAL_MACHINE,
            w!(r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList"),
            w!("ProgramData"),
            RRF_RT_REG_SZ,
            ptr::null_mut(),
            text.as_mut_ptr().cast(),
            &raw mut bytes,
        )
    };
    let path = text.split(|unit| *unit == 0).next().filter(|path| !path.is_empty())?;
    (code == 0).then(|| OsString::from_wide(path))
}
