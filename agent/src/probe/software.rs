//! Installed software.

pub mod dpkg;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod rpm;
pub mod rpm_header;
#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(any(windows, test))]
mod windows;
#[cfg(windows)]
use windows as platform;

use super::Root;
use kiemke_schemas::{Section, section::software::Software};

pub fn read(root: &Root) -> Section<Software> {
    platform::read(root)
}
