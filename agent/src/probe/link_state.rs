//! Whether default routes stand: one that vanished, or whose interface lost its carrier, is down.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as platform;

use super::Root;
use kiemke_schemas::observation::Event;
use std::collections::BTreeSet;

/// Interface and gateway.
pub type Route = (String, Option<String>);

pub fn working(root: &Root) -> BTreeSet<Route> {
    platform::working(root)
}

pub fn changes(before: &BTreeSet<Route>, now: &BTreeSet<Route>) -> Vec<Event> {
    let down =
        before.difference(now).cloned().map(|(interface, gateway)| Event::LinkDown { interface, gateway });
    let up = now.difference(before).cloned().map(|(interface, gateway)| Event::LinkUp { interface, gateway });
    down.chain(up).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::tests::tree;
    use std::fs;

    #[test]
    fn a_cable_that_is_pulled_and_put_back() {
        let (_guard, root) = tree(&[
            ("/proc/net/route", "head\neth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"),
            ("/sys/class/net/eth0/operstate", "up\n"),
        ]);
        let up = working(&root);
        fs::write(root.path("/sys/class/net/eth0/operstate"), "down\n").unwrap();
        let down = working(&root);
        let (interface, gateway) = ("eth0".to_owned(), Some("192.168.1.1".to_owned()));
        let event = Event::LinkDown { interface: interface.clone(), gateway: gateway.clone() };
        assert_eq!(changes(&up, &down), [event]);
        assert_eq!(changes(&down, &up), [Event::LinkUp { interface, gateway }]);
        assert_eq!(changes(&up, &up), []);
    }
}
