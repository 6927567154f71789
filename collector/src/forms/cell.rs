use super::text::MISSING;
use crate::inventory::Provenance;
use serde::Serialize;

/// One cell of an appendix: its text, one part a line, and what is behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cell {
    pub lines: Vec<String>,
    pub state: State,
    pub provenance: Vec<Provenance>,
}

/// What colours a cell. A cell of several parts takes the first of this order that any part has;
/// `missing` only when every part is missing. Its provenance names each part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Observed,
    Declared,
    Computed,
    Missing,
    /// Stands in the form itself: a number, a name, an `x`.
    Fixed,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Declared => "declared",
            Self::Computed => "computed",
            Self::Missing => "missing",
            Self::Fixed => "fixed",
        }
    }
}

impl Cell {
    pub fn new(lines: Vec<String>, provenance: Vec<Provenance>) -> Self {
        let state = provenance.iter().map(state_of).min().unwrap_or(State::Fixed);
        Self { lines, state, provenance }
    }

    pub fn fixed(text: impl Into<String>) -> Self {
        Self::new(vec![text.into()], Vec::new())
    }

    pub fn computed(text: impl Into<String>, rule: &str) -> Self {
        Self::new(vec![text.into()], vec![Provenance::Computed { rule: rule.to_owned() }])
    }

    /// `Chưa có số liệu`; `reason` says what would fill it.
    pub fn missing(reason: &str) -> Self {
        Self::new(vec![MISSING.to_owned()], vec![missing(reason)])
    }

    /// Whether a part reads as missing, where all are: words of the form print as the form has them.
    pub fn reads_missing(&self) -> bool {
        self.state == State::Missing && self.lines.iter().any(|line| line.contains(MISSING))
    }

    pub fn text(&self) -> String {
        self.lines.join("\n")
    }
}

pub fn missing(reason: &str) -> Provenance {
    Provenance::Missing { reason: reason.to_owned() }
}

fn state_of(provenance: &Provenance) -> State {
    match provenance {
        Provenance::Observed { .. } => State::Observed,
        Provenance::Declared { .. } => State::Declared,
        Provenance::Computed { .. } => State::Computed,
        Provenance::Missing { .. } => State::Missing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_missing_only_when_every_part_is() {
        let declared =
            Provenance::Declared { by: "Nguyễn Văn An".into(), on: jiff::civil::date(2024, 4, 2) };
        let partly = Cell::new(vec!["Chính thức: 50".into()], vec![missing("staff-declare"), declared]);
        assert_eq!(partly.state, State::Declared);
        assert_eq!(Cell::missing("staff-declare").state, State::Missing);
        assert_eq!(Cell::fixed("1.10").state, State::Fixed);
    }
}
