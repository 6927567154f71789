//! A bad line: passes bytes on to a port of the loopback, counts those that come back, and breaks once.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

pub struct Proxy {
    pub port: u16,
    line: Arc<Mutex<Line>>,
}

#[derive(Default)]
struct Line {
    breaks_after: Option<u64>,
    /// Bytes that came back, a number a connection.
    came_back: Vec<u64>,
}

impl Proxy {
    /// Its threads end with the process.
    pub fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Self { port: listener.local_addr().unwrap().port(), line: Arc::default() };
        let line = Arc::clone(&proxy.line);
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, line) = (client.unwrap(), Arc::clone(&line));
                // A collector that does not run is a line that ends at once.
                if let Ok(server) = TcpStream::connect(("127.0.0.1", port)) {
                    let number = open(&line);
                    let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                    thread::spawn(move || pass(from, to, |_| true));
                    thread::spawn(move || pass(server, client, |bytes| count(&line, number, bytes)));
                }
            }
        });
        proxy
    }

    /// The connection that first brings more than this many bytes ends there.
    pub fn break_after(&self, bytes: u64) {
        self.line.lock().unwrap().breaks_after = Some(bytes);
    }

    /// Of each connection since the last call.
    pub fn came_back(&self) -> Vec<u64> {
        let mut line = self.line.lock().unwrap();
        let (open, counted) = (line.came_back.len(), line.came_back.clone());
        line.came_back = vec![0; open];
        counted.into_iter().filter(|bytes| *bytes > 0).collect()
    }
}

fn open(line: &Mutex<Line>) -> usize {
    let mut line = line.lock().unwrap();
    line.came_back.push(0);
    line.came_back.len() - 1
}

/// Whether the line still holds.
fn count(line: &Mutex<Line>, number: usize, bytes: u64) -> bool {
    let mut line = line.lock().unwrap();
    line.came_back[number] += bytes;
    let breaks = line.breaks_after.is_some_and(|limit| line.came_back[number] > limit);
    if breaks {
        line.breaks_after = None;
    }
    !breaks
}

fn pass(mut from: TcpStream, mut to: TcpStream, mut goes_on: impl FnMut(u64) -> bool) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        if to.write_all(&buffer[..read]).is_err() || !goes_on(read as u64) {
            break;
        }
    }
    for end in [from, to] {
        let _ = end.shutdown(Shutdown::Both);
    }
}
