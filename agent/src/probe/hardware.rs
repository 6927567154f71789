//! Maker, model, serial, firmware, processors, memory, monitors.

pub mod cpuinfo;
pub mod edid;
#[cfg(target_os = "linux")]
mod linux;
pub mod slots;
pub mod smbios;
#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(any(windows, test))]
mod windows;
#[cfg(windows)]
use windows as platform;

use super::Root;
use kiemke_schemas::{
    Section,
    section::hardware::{Chassis, Hardware},
};

pub fn read(root: &Root) -> Section<Hardware> {
    platform::read(root)
}

/// SMBIOS chassis type (DSP0134, 7.4.1); the top bit is the chassis lock.
pub fn chassis(kind: u8) -> Option<Chassis> {
    match kind & 0x7f {
        3..=7 | 15 | 16 | 24 | 35 | 36 => Some(Chassis::Desktop),
        13 => Some(Chassis::AllInOne),
        8..=10 | 14 | 31 | 32 => Some(Chassis::Laptop),
        11 | 30 => Some(Chassis::Tablet),
        17 | 23 | 25 | 28 | 29 => Some(Chassis::Server),
        1 | 12 | 18..=22 | 26 | 27 | 33 | 34 => Some(Chassis::Other),
        _ => None,
    }
}

/// Names that virtual machines give themselves in SMBIOS, and the name shown for their hypervisor.
const HYPERVISORS: &[(&str, &str)] = &[
    ("vmware", "VMware"),
    ("virtualbox", "VirtualBox"),
    ("innotek", "VirtualBox"),
    ("qemu", "QEMU/KVM"),
    ("kvm", "QEMU/KVM"),
    ("bochs", "QEMU/KVM"),
    ("red hat", "QEMU/KVM"),
    ("proxmox", "QEMU/KVM"),
    ("seabios", "QEMU/KVM"),
    ("ovirt", "QEMU/KVM"),
    ("kubevirt", "QEMU/KVM"),
    ("xen", "Xen"),
    ("hvm domu", "Xen"),
    ("parallels", "Parallels"),
    ("amazon ec2", "Amazon EC2"),
    ("google compute engine", "Google Compute Engine"),
    ("openstack", "OpenStack"),
    ("bhyve", "bhyve"),
    ("nutanix ahv", "Nutanix"),
    ("alibaba cloud", "Alibaba Cloud"),
    ("tencent cloud", "Tencent Cloud"),
    ("digitalocean", "DigitalOcean"),
    ("vultr", "Vultr"),
    ("linode", "Linode"),
    ("hetzner vserver", "Hetzner Cloud"),
    ("scaleway", "Scaleway"),
    ("upcloud", "UpCloud"),
    ("apple virtualization", "Apple Virtualization"),
    ("virtuozzo", "Virtuozzo"),
    ("cloud hypervisor", "Cloud Hypervisor"),
    ("smartdc", "SmartDC"),
];
const UNKNOWN: &str = "unknown hypervisor";

/// What SMBIOS says comes first; the processor's flag alone only tells that there is a hypervisor.
pub fn virtual_machine(maker: Option<&str>, model: Option<&str>, hypervisor_flag: bool) -> Option<String> {
    let text = [maker, model].into_iter().flatten().collect::<Vec<_>>().join(" ").to_lowercase();
    // Microsoft also makes computers.
    if text.contains("microsoft") && text.contains("virtual machine") {
        return Some("Hyper-V".to_owned());
    }
    // Rented, but a computer of its own.
    if text.ends_with(".metal") {
        return None;
    }
    let named = HYPERVISORS.iter().find(|(mark, _)| text.contains(mark)).map(|(_, name)| (*name).to_owned());
    // A Windows or Linux host that runs on its own hypervisor (VBS, Xen dom0) has the flag too.
    let says = ["virtual machine", "virtual platform"].iter().any(|words| text.contains(words));
    named.or_else(|| (says || (hypervisor_flag && text.is_empty())).then(|| UNKNOWN.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chassis_types() {
        assert_eq!(chassis(3), Some(Chassis::Desktop));
        assert_eq!(chassis(0x80 | 10), Some(Chassis::Laptop));
        assert_eq!(chassis(13), Some(Chassis::AllInOne));
        assert_eq!(chassis(23), Some(Chassis::Server));
        assert_eq!(chassis(2), None);
    }

    #[test]
    fn hypervisors_are_named_and_surface_computers_are_real() {
        let name = |maker, model, flag| virtual_machine(Some(maker), Some(model), flag);
        assert_eq!(name("Microsoft Corporation", "Virtual Machine", true).as_deref(), Some("Hyper-V"));
        assert_eq!(name("Microsoft Corporation", "Surface Pro 7", true), None);
        assert_eq!(name("QEMU", "Standard PC (Q35 + ICH9, 2009)", true).as_deref(), Some("QEMU/KVM"));
        assert_eq!(name("VMware, Inc.", "VMware7,1", true).as_deref(), Some("VMware"));
        assert_eq!(name("Dell Inc.", "OptiPlex 3080", false), None);
        assert_eq!(name("Amazon EC2", "t3.micro", true).as_deref(), Some("Amazon EC2"));
        assert_eq!(name("Amazon EC2", "m5.metal", false), None);
        assert_eq!(name("Nutanix", "AHV", true).as_deref(), Some("Nutanix"));
        assert_eq!(name("Nutanix", "NX-3060-G5", false), None);
        assert_eq!(name("XCP-ng", "HVM domU", true).as_deref(), Some("Xen"));
        assert_eq!(name("Somebody", "Cloud Virtual Machine", false).as_deref(), Some("unknown hypervisor"));
        assert_eq!(virtual_machine(None, None, true).as_deref(), Some("unknown hypervisor"));
        assert_eq!(virtual_machine(None, None, false), None);
    }
}
