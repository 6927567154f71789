//! Networks that a test makes itself: namespaces of the kernel with cables between them and none to anywhere
//! else, and a count of every frame that leaves one of them.

use super::skipped;
use rustix::{
    net::{AddressFamily, Protocol, RecvFlags, SocketFlags, SocketType, sockopt},
    thread::{LinkNameSpaceType, move_into_link_name_space},
};
use std::{
    collections::BTreeMap,
    fs::File,
    net::Ipv4Addr,
    os::fd::AsFd,
    path::Path,
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

/// A namespace; it goes with its last holder.
#[derive(Clone)]
pub struct Space(Arc<Name>);

struct Name(String);

impl Drop for Name {
    fn drop(&mut self) {
        let _ = Command::new("ip").args(["netns", "del", &self.0]).status();
    }
}

impl Space {
    /// `None`, loudly, without the right to make one.
    pub fn new(what: &str) -> Option<Self> {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("kiemke-{}-{number}-{what}", std::process::id());
        let made = Command::new("ip").args(["netns", "add", &name]).output();
        if !made.is_ok_and(|output| output.status.success()) {
            skipped("no network namespace can be made (root and iproute2 are needed): quiet is not proven");
            return None;
        }
        let space = Self(Arc::new(Name(name)));
        // Nothing of the kernel's own, so that every frame is the agent's doing.
        space.shell("echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6; echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6");
        // One computer with two adapters plays two.
        space.shell("echo 1 > /proc/sys/net/ipv4/conf/all/arp_ignore; ip link set lo up");
        Some(space)
    }

    pub fn name(&self) -> &str {
        &self.0.0
    }

    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", self.name()]).arg(program);
        command
    }

    pub fn shell(&self, script: &str) {
        super::run(self.command(Path::new("sh")).args(["-ec", script]));
    }

    /// A cable from the adapter `name` here to the bridge `office` there.
    pub fn plug_into(&self, office: &Self, name: &str, mac: &str, address: &str) {
        let peer = format!("p{}{name}", self.name().rsplit('-').next().unwrap_or_default());
        let cable =
            format!("ip link add {name} address {mac} type veth peer name {peer} netns {}", office.name());
        self.shell(&format!("{cable}; ip addr add {address} dev {name}"));
        office.shell(&format!("ip link set {peer} master office up"));
        self.shell(&format!("ip link set {name} up"));
    }

    /// Runs it on a thread of its own, which alone moves there.
    pub fn within<T: Send + 'static>(&self, task: impl FnOnce() -> T + Send + 'static) -> T {
        self.enter(task).join().unwrap()
    }

    fn enter<T: Send + 'static>(&self, task: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
        let handle = File::open(Path::new("/run/netns").join(self.name())).unwrap();
        std::thread::spawn(move || {
            move_into_link_name_space(handle.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
            task()
        })
    }
}

/// Whom a frame is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sent {
    /// Who has this address?
    Arp(Ipv4Addr),
    Tcp(Ipv4Addr, u16),
    Udp(Ipv4Addr, u16),
    /// By the EtherType, or the number of the IP protocol.
    Other(u16),
}

/// How often, first and last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    pub count: usize,
    pub first: Instant,
    pub last: Instant,
}

type Counts = BTreeMap<Sent, Times>;

/// Frames that one adapter sends.
pub struct Counter {
    counts: Arc<Mutex<Counts>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

const EVERY_PROTOCOL: u16 = 0x0003;

impl Counter {
    pub fn start(space: &Space, mac: [u8; 6]) -> Self {
        let (counts, stop) = (Arc::new(Mutex::new(Counts::new())), Arc::new(AtomicBool::new(false)));
        let (into, ended, opened) =
            (Arc::clone(&counts), Arc::clone(&stop), Arc::new(AtomicBool::new(false)));
        let ready = Arc::clone(&opened);
        let thread = space.enter(move || {
            let protocol = Protocol::from_raw(u32::from(EVERY_PROTOCOL.to_be()).try_into().unwrap());
            let socket = rustix::net::socket_with(
                AddressFamily::PACKET,
                SocketType::RAW,
                SocketFlags::CLOEXEC,
                Some(protocol),
            )
            .unwrap();
            sockopt::set_socket_timeout(&socket, sockopt::Timeout::Recv, Some(Duration::from_millis(100)))
                .unwrap();
            ready.store(true, Ordering::Release);
            let mut buffer = vec![0; 4096];
            while !ended.load(Ordering::Acquire) {
                let Ok((length, _)) = rustix::net::recv(&socket, buffer.as_mut_slice(), RecvFlags::empty())
                else {
                    continue;
                };
                if let Some(sent) = read(&buffer[..length], mac) {
                    note(&mut into.lock().unwrap(), sent);
                }
            }
        });
        super::wait_for("frames are counted", || opened.load(Ordering::Acquire).then_some(()));
        Self { counts, stop, thread: Some(thread) }
    }

    /// What was sent since the last call.
    pub fn take(&self) -> Counts {
        std::mem::take(&mut self.counts.lock().unwrap())
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn note(counts: &mut Counts, sent: Sent) {
    let now = Instant::now();
    let times = counts.entry(sent).or_insert(Times { count: 0, first: now, last: now });
    times.count += 1;
    times.last = now;
}

fn read(frame: &[u8], mac: [u8; 6]) -> Option<Sent> {
    if frame.get(6..12)? != mac {
        return None;
    }
    let address = |at: usize| -> Option<Ipv4Addr> {
        let octets: [u8; 4] = frame.get(at..at + 4)?.try_into().ok()?;
        Some(Ipv4Addr::from(octets))
    };
    let number =
        |at: usize| -> Option<u16> { Some(u16::from_be_bytes(frame.get(at..at + 2)?.try_into().ok()?)) };
    let kind = number(12)?;
    Some(match kind {
        // An answer is none of our doing.
        0x0806 if number(20)? == 2 => return None,
        0x0806 => Sent::Arp(address(38)?),
        0x0800 => {
            let ports = 14 + usize::from(frame[14] & 15) * 4;
            match frame[23] {
                6 => Sent::Tcp(address(30)?, number(ports + 2)?),
                17 => Sent::Udp(address(30)?, number(ports + 2)?),
                protocol => Sent::Other(protocol.into()),
            }
        }
        kind => Sent::Other(kind),
    })
}
