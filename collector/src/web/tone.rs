//! States that a reader sees by colour, by icon and by words: never by colour alone.

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Tone {
    /// No data.
    #[default]
    Grey,
    Green,
    Amber,
    Red,
}

impl Tone {
    pub fn class(self) -> &'static str {
        match self {
            Self::Grey => "grey",
            Self::Green => "green",
            Self::Amber => "amber",
            Self::Red => "red",
        }
    }

    pub fn icon(self) -> &'static str {
        match self {
            Self::Grey => "help-circle",
            Self::Green => "circle-check",
            Self::Amber => "alert-triangle",
            Self::Red => "circle-x",
        }
    }

    /// How bad an open flag of this rule is: work to do, or an obligation that is not met.
    pub fn of_rule(rule: &str) -> Self {
        match rule {
            "internet.unknown" => Self::Grey,
            "endpoint.signatures-old"
            | "endpoint.disk-nearly-full"
            | "endpoint.not-checked"
            | "endpoint.silent"
            | "endpoint.unmanaged"
            | "internet.line-down"
            | "system.cpu-near-limit"
            | "system.storage-near-limit"
            | "budget.security-share-low" => Self::Amber,
            _ => Self::Red,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toned {
    pub tone: &'static str,
    pub icon: &'static str,
    pub text: String,
}

impl Toned {
    pub fn new(tone: Tone, text: String) -> Self {
        Self { tone: tone.class(), icon: tone.icon(), text }
    }

    /// Where nothing beside it says what is in this state.
    pub fn of(self, what: &str) -> Self {
        Self { text: format!("{what}: {}", self.text), ..self }
    }
}
