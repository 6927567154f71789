//! Words that stand in names of devices whatever their maker.

/// Words in the names of things that neither print nor scan.
const OTHER_THINGS: &[&str] = &[
    "bluetooth",
    "bootloader",
    "camera",
    "capture",
    "dimage",
    "disk",
    "display",
    "ethernet",
    "eos",
    "headphones",
    "headset",
    "hub",
    "joystick",
    "keyboard",
    "lte",
    "modem",
    "monitor",
    "mouse",
    "mp3",
    "phone",
    "phones",
    "player",
    "powershot",
    "receiver",
    "recorder",
    "removabledisk",
    "speakers",
    "storage",
    "tablet",
    "trackball",
    "usbhub",
    "wcdma",
];
const WHAT_IT_DOES: &[&str] =
    &["printer", "laserjet", "multifunction", "mfp", "scanner", "scanjet", "scansnap", "canoscan"];

fn has_word(name: &str, words: &[&str]) -> bool {
    let name = name.to_lowercase();
    name.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word))
}

pub fn names_another_thing(name: &str) -> bool {
    has_word(name, OTHER_THINGS)
}

pub fn says_what_it_does(name: &str) -> bool {
    has_word(name, WHAT_IT_DOES)
}
