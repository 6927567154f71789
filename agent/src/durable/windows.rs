//! Folders for the operating system and administrators only; what is created inside inherits that.
#![allow(unsafe_code, reason = "calls of the Windows API")]

use std::{
    fs::{self, File},
    io,
    os::windows::ffi::OsStrExt,
    path::Path,
    ptr, thread,
    time::Duration,
};
use windows_sys::Win32::{
    Foundation::{CloseHandle, ERROR_ALREADY_EXISTS, HANDLE, LocalFree},
    Security::{
        Authorization::{
            ConvertStringSecurityDescriptorToSecurityDescriptorW, GetNamedSecurityInfoW, SDDL_REVISION_1,
            SE_FILE_OBJECT,
        },
        DACL_SECURITY_INFORMATION, EqualSid, GetTokenInformation, IsWellKnownSid, OWNER_SECURITY_INFORMATION,
        PROTECTED_DACL_SECURITY_INFORMATION, PSECURITY_DESCRIPTOR, PSID, SECURITY_ATTRIBUTES,
        SetFileSecurityW, TOKEN_QUERY, TOKEN_USER, TokenUser, WinBuiltinAdministratorsSid, WinLocalSystemSid,
    },
    Storage::FileSystem::{CreateDirectoryW, MOVEFILE_REPLACE_EXISTING, MOVEFILE_WRITE_THROUGH, MoveFileExW},
    System::Threading::{GetCurrentProcess, OpenProcessToken},
};

/// Nothing from above; SYSTEM, Administrators, and the owner, who is one of them in a service.
const PRIVATE: &str = "D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;S-1-3-4)";

pub fn create_private(path: &Path) -> io::Result<File> {
    File::create(path)
}

pub fn create_private_folder(path: &Path) -> io::Result<()> {
    if let Some(parent) = path.parent().filter(|parent| !parent.exists()) {
        fs::create_dir_all(parent)?;
    }
    let security = Security::private()?;
    let attributes = SECURITY_ATTRIBUTES {
        nLength: size_of::<SECURITY_ATTRIBUTES>() as u32,
        lpSecurityDescriptor: security.0,
        bInheritHandle: 0,
    };
    let name = wide(path);
    // SAFETY: the path ends in a zero, the descriptor lives until the end of this function.
    if unsafe { CreateDirectoryW(name.as_ptr(), &raw const attributes) } != 0 {
        return Ok(());
    }
    let error = io::Error::last_os_error();
    if error.raw_os_error() != Some(ERROR_ALREADY_EXISTS.cast_signed()) || !path.is_dir() {
        return Err(error);
    }
    // Everybody may create folders where the agent's lies: one that a stranger made stays the stranger's.
    if !is_ours(&name)? {
        let message = format!("{} belongs to another account; remove it", path.display());
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, message));
    }
    let parts = DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION;
    // SAFETY: as above.
    truth(unsafe { SetFileSecurityW(name.as_ptr(), parts, security.0) })
}

/// NTFS writes names by its journal; a folder cannot be synced.
pub fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// On return the name is on the disk. Scanners of files hold them open for moments.
pub fn replace(from: &Path, to: &Path) -> io::Result<()> {
    const SHARING_VIOLATION: i32 = 32;
    const ACCESS_DENIED: i32 = 5;
    const TRIES: u64 = 5;
    let (from, to) = (wide(from), wide(to));
    let flags = MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH;
    for again in 1..=TRIES {
        // SAFETY: both paths end in a zero.
        match truth(unsafe { MoveFileExW(from.as_ptr(), to.as_ptr(), flags) }) {
            Err(error)
                if again < TRIES
                    && matches!(error.raw_os_error(), Some(SHARING_VIOLATION | ACCESS_DENIED)) =>
            {
                thread::sleep(Duration::from_millis(20 * again));
            }
            done => return done,
        }
    }
    Ok(())
}

fn wide(path: &Path) -> Vec<u16> {
    path.as_os_str().encode_wide().chain([0]).collect()
}

fn truth(done: i32) -> io::Result<()> {
    if done == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// A security descriptor that Windows allocated.
struct Security(PSECURITY_DESCRIPTOR);

impl Security {
    fn private() -> io::Result<Self> {
        let text: Vec<u16> = PRIVATE.encode_utf16().chain([0]).collect();
        let mut descriptor = ptr::null_mut();
        // SAFETY: the text ends in a zero; a place for one pointer.
        truth(unsafe {
            ConvertStringSecurityDescriptorToSecurityDescriptorW(
                text.as_ptr(),
                SDDL_REVISION_1,
                &raw mut descriptor,
                ptr::null_mut(),
            )
        })?;
        Ok(Self(descriptor))
    }
}

impl Drop for Security {
    fn drop(&mut self) {
        // SAFETY: allocated by the call that made it, freed once.
        unsafe { LocalFree(self.0) };
    }
}

/// Of SYSTEM, of the administrators, or of the account that runs this.
fn is_ours(path: &[u16]) -> io::Result<bool> {
    let (mut owner, mut descriptor): (PSID, PSECURITY_DESCRIPTOR) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: the path ends in a zero; what is not asked for is null.
    let code = unsafe {
        GetNamedSecurityInfoW(
            path.as_ptr(),
            SE_FILE_OBJECT,
            OWNER_SECURITY_INFORMATION,
            &raw mut owner,
            ptr::null_mut(),
            ptr::null_mut(),
            ptr::null_mut(),
            &raw mut descriptor,
        )
    };
    if code != 0 {
        return Err(io::Error::from_raw_os_error(code.cast_signed()));
    }
    // `owner` points into it.
    let _descriptor = Security(descriptor);
    // SAFETY: `owner` is a SID as long as the descriptor lives.
    let known = unsafe {
        IsWellKnownSid(owner, WinLocalSystemSid) != 0
            || IsWellKnownSid(owner, WinBuiltinAdministratorsSid) != 0
    };
    Ok(known || is_of_this_process(owner)?)
}

struct Token(HANDLE);

impl Drop for Token {
    fn drop(&mut self) {
        // SAFETY: the handle came from OpenProcessToken and is closed once.
        unsafe { CloseHandle(self.0) };
    }
}

fn is_of_this_process(owner: PSID) -> io::Result<bool> {
    let mut token = ptr::null_mut();
    // SAFETY: a place for one handle.
    truth(unsafe { OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &raw mut token) })?;
    let token = Token(token);
    // Room for the structure and the longest SID behind it, aligned.
    let (mut user, mut length) = ([0_u64; 32], 0);
    // SAFETY: the size is the buffer's.
    truth(unsafe {
        let size = size_of_val(&user) as u32;
        GetTokenInformation(token.0, TokenUser, user.as_mut_ptr().cast(), size, &raw mut length)
    })?;
    // SAFETY: the call above filled in the structure, whose SID lies in the same buffer.
    Ok(unsafe { EqualSid(owner, (*user.as_ptr().cast::<TOKEN_USER>()).User.Sid) } != 0)
}
