use super::{last_problem, narrow, wide};
use kiemke_schemas::Problem;
use std::ptr;
use windows_sys::Win32::Devices::DeviceAndDriverInstallation::{
    DIGCF_ALLCLASSES, DIGCF_PRESENT, HDEVINFO, SP_DEVINFO_DATA, SetupDiDestroyDeviceInfoList,
    SetupDiEnumDeviceInfo, SetupDiGetClassDevsW, SetupDiGetDeviceInstanceIdW,
};

/// Longest id that Windows allows, with its zero.
const ID_UNITS: usize = 201;
const NONE: HDEVINFO = -1;

struct List(HDEVINFO);

impl Drop for List {
    fn drop(&mut self) {
        // SAFETY: the list came from SetupDiGetClassDevsW and is destroyed once.
        unsafe { SetupDiDestroyDeviceInfoList(self.0) };
    }
}

pub fn plugged(enumerator: &str) -> Result<Vec<String>, Problem> {
    let name = wide(enumerator);
    let flags = DIGCF_PRESENT | DIGCF_ALLCLASSES;
    // SAFETY: the name ends in a zero; no class and no window are null.
    let list = unsafe { SetupDiGetClassDevsW(ptr::null(), name.as_ptr(), ptr::null_mut(), flags) };
    if list == NONE {
        return Err(last_problem(&format!("SetupDiGetClassDevs {enumerator}")));
    }
    let list = List(list);
    let mut found = Vec::new();
    for index in 0.. {
        let mut device =
            SP_DEVINFO_DATA { cbSize: size_of::<SP_DEVINFO_DATA>() as u32, ..SP_DEVINFO_DATA::default() };
        // SAFETY: the structure knows its size. The first failure is the end of the list.
        if unsafe { SetupDiEnumDeviceInfo(list.0, index, &raw mut device) } == 0 {
            break;
        }
        let mut id = [0_u16; ID_UNITS];
        // SAFETY: the length is the buffer's; the needed length is not asked for.
        let done = unsafe {
            let length = id.len() as u32;
            SetupDiGetDeviceInstanceIdW(list.0, &raw const device, id.as_mut_ptr(), length, ptr::null_mut())
        };
        if done != 0 {
            found.push(narrow(&id));
        }
    }
    Ok(found)
}
