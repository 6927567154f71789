use super::{narrow, problem, wide};
use crate::parse::registry::{Key, RegValue, Registry};
use kiemke_schemas::{Problem, ProblemKind};
use std::ptr;
use windows_sys::Win32::{
    Foundation::{ERROR_MORE_DATA, ERROR_NO_MORE_ITEMS, ERROR_SUCCESS},
    System::Registry::{
        HKEY, HKEY_LOCAL_MACHINE, HKEY_USERS, KEY_READ, KEY_WOW64_64KEY, REG_DWORD, REG_EXPAND_SZ,
        REG_MULTI_SZ, REG_SZ, RegCloseKey, RegEnumKeyExW, RegEnumValueW, RegOpenKeyExW, RegQueryInfoKeyW,
    },
};

struct Open(HKEY);

impl Drop for Open {
    fn drop(&mut self) {
        // SAFETY: the handle came from RegOpenKeyExW and is closed once.
        unsafe { RegCloseKey(self.0) };
    }
}

/// Lengths in UTF-16 units and bytes that hold every name and value of a key.
struct Sizes {
    name: u32,
    value: u32,
}

pub fn read(key: &str, levels: u8) -> Result<Registry, Problem> {
    let mut registry = Registry::default();
    let open = open(key)?;
    gather(key, &open, levels, &mut registry)?;
    Ok(registry)
}

pub fn subkeys(key: &str) -> Result<Vec<String>, Problem> {
    names(key, &open(key)?)
}

/// Keys below that the agent may not read, or that vanished, are left out: the registry lives on meanwhile.
fn gather(path: &str, key: &Open, levels: u8, registry: &mut Registry) -> Result<(), Problem> {
    registry.keys.insert(path.to_owned(), values(path, key)?);
    if levels == 0 {
        return Ok(());
    }
    for name in names(path, key)? {
        let below = format!("{path}\\{name}");
        if let Ok(open) = open(&below) {
            let _ = gather(&below, &open, levels - 1, registry);
        }
    }
    Ok(())
}

fn open(path: &str) -> Result<Open, Problem> {
    let (hive, below) = path.split_once('\\').unwrap_or((path, ""));
    let hive = match hive {
        super::super::MACHINE => HKEY_LOCAL_MACHINE,
        super::super::USERS => HKEY_USERS,
        other => return Err(Problem::new(ProblemKind::Failed, path, format!("{other}: unknown hive"))),
    };
    let (below, mut key) = (wide(below), ptr::null_mut());
    // SAFETY: the path ends in a zero, `key` is a place for one handle.
    let code = unsafe { RegOpenKeyExW(hive, below.as_ptr(), 0, KEY_READ | KEY_WOW64_64KEY, &raw mut key) };
    if code == ERROR_SUCCESS { Ok(Open(key)) } else { Err(problem(path, code)) }
}

fn sizes(path: &str, key: &Open) -> Result<Sizes, Problem> {
    let (mut subkey, mut name, mut value) = (0, 0, 0);
    // SAFETY: what is not asked for is null, as the call allows.
    let code = unsafe {
        RegQueryInfoKeyW(
            key.0,
            ptr::null_mut(),
            ptr::null_mut(),
            ptr::null(),
            ptr::null_mut(),
            &raw mut subkey,
            ptr::null_mut(),
            ptr::null_mut(),
            &raw mut name,
            &raw mut value,
            ptr::null_mut(),
            ptr::null_mut(),
        )
    };
    if code != ERROR_SUCCESS {
        return Err(problem(path, code));
    }
    Ok(Sizes { name: subkey.max(name) + 1, value })
}

fn names(path: &str, key: &Open) -> Result<Vec<String>, Problem> {
    let mut buffer = vec![0_u16; sizes(path, key)?.name as usize];
    let mut found = Vec::new();
    for index in 0.. {
        let mut length = buffer.len() as u32;
        // SAFETY: `length` is the buffer's, in units.
        let code = unsafe {
            RegEnumKeyExW(
                key.0,
                index,
                buffer.as_mut_ptr(),
                &raw mut length,
                ptr::null(),
                ptr::null_mut(),
                ptr::null_mut(),
                ptr::null_mut(),
            )
        };
        match code {
            ERROR_SUCCESS => found.push(narrow(&buffer)),
            ERROR_MORE_DATA => {}
            ERROR_NO_MORE_ITEMS => break,
            code => return Err(problem(path, code)),
        }
    }
    Ok(found)
}

fn values(path: &str, key: &Open) -> Result<Key, Problem> {
    let sizes = sizes(path, key)?;
    let (mut name, mut data) = (vec![0_u16; sizes.name as usize], vec![0_u8; sizes.value as usize]);
    let mut found = Key::new();
    for index in 0.. {
        let (mut name_length, mut length, mut kind) = (name.len() as u32, data.len() as u32, 0);
        // SAFETY: both lengths are those of their buffers.
        let code = unsafe {
            RegEnumValueW(
                key.0,
                index,
                name.as_mut_ptr(),
                &raw mut name_length,
                ptr::null(),
                &raw mut kind,
                data.as_mut_ptr(),
                &raw mut length,
            )
        };
        match code {
            ERROR_SUCCESS => {
                let bytes = data.get(..length as usize).unwrap_or_default();
                found.insert(narrow(&name).to_lowercase(), value(kind, bytes));
            }
            // It grew meanwhile.
            ERROR_MORE_DATA => {}
            ERROR_NO_MORE_ITEMS => break,
            code => return Err(problem(path, code)),
        }
    }
    Ok(found)
}

fn value(kind: u32, bytes: &[u8]) -> RegValue {
    let text = || {
        let (pairs, _) = bytes.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
        String::from_utf16_lossy(&units)
    };
    match (kind, bytes) {
        (REG_SZ | REG_EXPAND_SZ, _) => {
            RegValue::Text(text().split('\0').next().unwrap_or_default().to_owned())
        }
        (REG_MULTI_SZ, _) => {
            RegValue::Strings(text().split('\0').filter(|part| !part.is_empty()).map(str::to_owned).collect())
        }
        (REG_DWORD, [a, b, c, d]) => RegValue::Number(u32::from_le_bytes([*a, *b, *c, *d])),
        _ => RegValue::Bytes(bytes.to_vec()),
    }
}
