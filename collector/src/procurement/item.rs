use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Item {
    InternetLine,
    EndpointProtection,
    Computer,
    Scanner,
    CardReader,
    UsbToken,
    Disk,
}

impl Item {
    pub const ALL: [Self; 7] = [
        Self::InternetLine,
        Self::EndpointProtection,
        Self::Computer,
        Self::Scanner,
        Self::CardReader,
        Self::UsbToken,
        Self::Disk,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::InternetLine => "internet-line",
            Self::EndpointProtection => "endpoint-protection",
            Self::Computer => "computer",
            Self::Scanner => "scanner",
            Self::CardReader => "card-reader",
            Self::UsbToken => "usb-token",
            Self::Disk => "disk",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.as_str() == text)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::InternetLine => "Đường truyền Internet",
            Self::EndpointProtection => "Phần mềm diệt virus",
            Self::Computer => "Máy tính",
            Self::Scanner => "Máy scan",
            Self::CardReader => "Thiết bị đọc thẻ",
            Self::UsbToken => "USB Token kí số",
            Self::Disk => "Ổ đĩa",
        }
    }

    /// Đơn vị tính.
    pub fn measure(self) -> &'static str {
        match self {
            Self::InternetLine => "đường",
            Self::EndpointProtection => "bản quyền",
            Self::Computer => "máy",
            Self::Scanner | Self::CardReader | Self::UsbToken | Self::Disk => "chiếc",
        }
    }

    /// Counts towards the security share of Directive 14/CT-TTg.
    pub fn is_security(self) -> bool {
        matches!(self, Self::EndpointProtection)
    }
}
