//! `kiemke/v1/<device>/report` and `…/status` are published by the device, `…/command` is what it subscribes to.

use crate::DeviceId;

pub const PREFIX: &str = "kiemke/v1";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    Report,
    Status,
    Command,
}

impl Channel {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Status => "status",
            Self::Command => "command",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Report, Self::Status, Self::Command].into_iter().find(|c| c.as_str() == text)
    }
}

pub fn of(device: &DeviceId, channel: Channel) -> String {
    format!("{PREFIX}/{device}/{}", channel.as_str())
}

/// The device and channel of a topic; `None` for anything else, wildcards included.
pub fn parse(topic: &str) -> Option<(DeviceId, Channel)> {
    let (device, channel) = topic.strip_prefix(PREFIX)?.strip_prefix('/')?.split_once('/')?;
    Some((device.parse().ok()?, Channel::parse(channel)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_round_trip_and_everything_else_is_none() {
        let device = DeviceId::of_key(&[0; 32]);
        let topic = of(&device, Channel::Report);
        assert_eq!(topic, "kiemke/v1/mzuhvlpymk6xo3epygfy5h4oea/report");
        assert_eq!(parse(&topic), Some((device, Channel::Report)));
        for other in ["#", "kiemke/v1/+/report", "kiemke/v2/mzuhvlpymk6xo3epygfy5h4oea/report", "kiemke/v1"] {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
