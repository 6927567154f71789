use crate::{
    address,
    neighbourhood::Sight,
    probe::windows::{Source, System},
};
use kiemke_schemas::Problem;
use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Mutex,
    thread,
    time::Duration,
};

/// Windows waits for seconds where nobody answers, so several ask at once; together not more than 25 a second.
const WORKERS: u32 = 8;
const BETWEEN: Duration = Duration::from_millis(40 * WORKERS as u64);

pub(super) fn sweep(interface: &str, own: Ipv4Addr, hosts: &[Ipv4Addr]) -> Result<Vec<Sight>, Problem> {
    let (left, found) = (Mutex::new(hosts.iter().copied()), Mutex::new(Vec::new()));
    let next = || left.lock().ok().and_then(|mut left| left.next());
    let work = || -> Result<(), Problem> {
        while let Some(host) = next() {
            thread::sleep(BETWEEN);
            let answer = System.ask_by_arp(own, host)?;
            let Some(mac) = answer.and_then(|bytes| address::mac(bytes.get(..6)?)) else { continue };
            let sight = Sight { address: IpAddr::V4(host), mac, interface: interface.to_owned() };
            if let Ok(mut found) = found.lock() {
                found.push(sight);
            }
        }
        Ok(())
    };
    // Where asking is not possible at all, each has met the same problem.
    thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or(Ok(())))
    })?;
    Ok(found.into_inner().unwrap_or_default())
}
