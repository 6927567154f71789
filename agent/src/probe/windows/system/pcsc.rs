//! PC/SC. Its library is loaded when asked for: editions without desktop may lack it, and Windows 7 lacks one of its
//! functions.

use super::{last_problem, narrow, scm, wide};
use crate::probe::windows::{CardReader, ServiceState};
use kiemke_schemas::{Problem, ProblemKind};
use std::{ffi::CStr, ptr};
use windows_sys::Win32::{
    Foundation::{FreeLibrary, HMODULE},
    System::{
        LibraryLoader::{GetProcAddress, LoadLibraryW},
        SystemInformation::GetSystemDirectoryW,
    },
};

const LIBRARY: &str = "winscard.dll";
/// Started by Windows as long as there is a reader.
const SERVICE: &str = "SCardSvr";
const SYSTEM_SCOPE: u32 = 2;
const NO_SERVICE: u32 = 0x8010_001d;
const SERVICE_STOPPED: u32 = 0x8010_001e;
const NO_READERS: u32 = 0x8010_002e;
/// Of all readers' names, or of one instance id, in units of UTF-16.
const ROOM: usize = 8192;
const ATR: usize = 36;

type Context = usize;
type Establish = unsafe extern "system" fn(u32, *const u8, *const u8, *mut Context) -> u32;
type Release = unsafe extern "system" fn(Context) -> u32;
type List = unsafe extern "system" fn(Context, *const u16, *mut u16, *mut u32) -> u32;
type Status = unsafe extern "system" fn(Context, u32, *mut ReaderState, u32) -> u32;
type InstanceId = unsafe extern "system" fn(Context, *const u16, *mut u16, *mut u32) -> u32;

/// SCARD_READERSTATEW
#[repr(C)]
struct ReaderState {
    reader: *const u16,
    user_data: *const u8,
    current: u32,
    event: u32,
    atr_length: u32,
    atr: [u8; ATR],
}

pub fn readers() -> Result<Vec<CardReader>, Problem> {
    if scm::state(SERVICE)? != ServiceState::Running {
        return Ok(Vec::new());
    }
    let library = Library::load()?;
    let session = Session::open(&library)?;
    let names = session.names()?;
    Ok(names
        .split(|unit| *unit == 0)
        .filter(|name| !name.is_empty())
        .map(|name| session.reader(name))
        .collect())
}

fn failed(function: &str, code: u32) -> Problem {
    Problem::new(ProblemKind::Failed, function, format!("PC/SC refused: {code:#010x}"))
}

struct Library(HMODULE);

impl Drop for Library {
    fn drop(&mut self) {
        // SAFETY: loaded once, freed once; what came from it is gone before.
        unsafe { FreeLibrary(self.0) };
    }
}

impl Library {
    /// By its whole path: a library of the same name beside the program is not meant.
    fn load() -> Result<Self, Problem> {
        let mut folder = [0_u16; 260];
        // SAFETY: the length is the buffer's.
        let length = unsafe { GetSystemDirectoryW(folder.as_mut_ptr(), folder.len() as u32) };
        if length == 0 || length as usize >= folder.len() {
            return Err(last_problem("GetSystemDirectory"));
        }
        let path = wide(&format!(r"{}\{LIBRARY}", narrow(&folder)));
        // SAFETY: the path ends in a zero.
        let library = unsafe { LoadLibraryW(path.as_ptr()) };
        if library.is_null() { Err(last_problem(LIBRARY)) } else { Ok(Self(library)) }
    }

    fn find(&self, name: &CStr) -> Option<unsafe extern "system" fn() -> isize> {
        // SAFETY: the name ends in a zero.
        unsafe { GetProcAddress(self.0, name.as_ptr().cast()) }
    }

    fn need(&self, name: &CStr) -> Result<unsafe extern "system" fn() -> isize, Problem> {
        let missing = || {
            let message = format!("no function {}", name.to_string_lossy());
            Problem::new(ProblemKind::Unsupported, LIBRARY, message)
        };
        self.find(name).ok_or_else(missing)
    }
}

struct Session {
    context: Context,
    release: Release,
    list: List,
    status: Status,
    instance_id: Option<InstanceId>,
}

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: the context was established by the same library and is released once.
        unsafe { (self.release)(self.context) };
    }
}

impl Session {
    fn open(library: &Library) -> Result<Self, Problem> {
        let establish = library.need(c"SCardEstablishContext")?;
        let (release, list) = (library.need(c"SCardReleaseContext")?, library.need(c"SCardListReadersW")?);
        let status = library.need(c"SCardGetStatusChangeW")?;
        let instance_id = library.find(c"SCardGetReaderDeviceInstanceIdW");
        // SAFETY: these are the signatures that winscard.h gives the functions of these names.
        let (establish, mut session) = unsafe {
            let session = Self {
                context: 0,
                release: std::mem::transmute::<unsafe extern "system" fn() -> isize, Release>(release),
                list: std::mem::transmute::<unsafe extern "system" fn() -> isize, List>(list),
                status: std::mem::transmute::<unsafe extern "system" fn() -> isize, Status>(status),
                instance_id: instance_id
                    .map(|f| std::mem::transmute::<unsafe extern "system" fn() -> isize, InstanceId>(f)),
            };
            (std::mem::transmute::<unsafe extern "system" fn() -> isize, Establish>(establish), session)
        };
        // SAFETY: a place for one context; the reserved pointers are null.
        match unsafe { establish(SYSTEM_SCOPE, ptr::null(), ptr::null(), &raw mut session.context) } {
            0 => Ok(session),
            code => {
                // Nothing to release.
                std::mem::forget(session);
                Err(failed("SCardEstablishContext", code))
            }
        }
    }

    /// Texts that end in zeros, one behind the other.
    fn names(&self) -> Result<Vec<u16>, Problem> {
        let (mut names, mut length) = (vec![0_u16; ROOM], ROOM as u32);
        // SAFETY: the length is the buffer's; no groups means all readers.
        match unsafe { (self.list)(self.context, ptr::null(), names.as_mut_ptr(), &raw mut length) } {
            0 => {
                names.truncate(length as usize);
                Ok(names)
            }
            NO_READERS | NO_SERVICE | SERVICE_STOPPED => Ok(Vec::new()),
            code => Err(failed("SCardListReaders", code)),
        }
    }

    fn reader(&self, name: &[u16]) -> CardReader {
        let text: Vec<u16> = name.iter().copied().chain([0]).collect();
        CardReader { name: narrow(&text), instance: self.instance(&text), atr: self.atr(&text) }
    }

    fn instance(&self, name: &[u16]) -> Option<String> {
        let (mut id, mut length) = (vec![0_u16; ROOM], ROOM as u32);
        let ask = self.instance_id?;
        // SAFETY: the name ends in a zero, the length is the buffer's.
        let code = unsafe { ask(self.context, name.as_ptr(), id.as_mut_ptr(), &raw mut length) };
        (code == 0).then(|| narrow(&id)).filter(|id| !id.is_empty())
    }

    /// Of the card inside, without touching it.
    fn atr(&self, name: &[u16]) -> Vec<u8> {
        let mut state = ReaderState {
            reader: name.as_ptr(),
            user_data: ptr::null(),
            current: 0,
            event: 0,
            atr_length: 0,
            atr: [0; ATR],
        };
        // SAFETY: one structure whose name ends in a zero; no time to wait.
        let code = unsafe { (self.status)(self.context, 0, &raw mut state, 1) };
        let length = (state.atr_length as usize).min(ATR);
        if code == 0 { state.atr[..length].to_vec() } else { Vec::new() }
    }
}
