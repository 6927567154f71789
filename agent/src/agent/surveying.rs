//! Polls and looks at the neighbourhood, beside the probes and on a schedule of their own.

use super::{Agent, timing};
use crate::{
    neighbourhood::Neighbourhood,
    polls::Polls,
    probe::Root,
    report::sections::SectionStore,
    survey::{self, Survey},
};
use jiff::Timestamp;
use kiemke_schemas::{
    SectionName,
    section::{link::Links, neighbour::Neighbours, peripheral::Peripherals},
};
use tokio::{task::JoinHandle, time::Instant};

/// The survey after a round, and whether it found something that should not wait.
pub(super) type Surveying = JoinHandle<(Survey, bool)>;

/// What was reported before a restart holds until the first round.
pub(super) fn resumed(store: &SectionStore) -> Survey {
    let links = store.last::<Links>(SectionName::Link).and_then(|section| section.value);
    let peripherals = store.last::<Peripherals>(SectionName::Peripheral).and_then(|section| section.value);
    let neighbours = store.last::<Neighbours>(SectionName::Neighbour);
    Survey {
        polls: Polls::resumed(links, peripherals),
        neighbourhood: Neighbourhood::resumed(neighbours.map(|section| section.value.unwrap_or_default())),
    }
}

pub(super) fn soon() -> Instant {
    Instant::now() + timing::a_moment()
}

impl Agent {
    pub(super) fn wants_survey(&self) -> bool {
        survey::is_wanted(self.remote.settings())
    }

    /// What was switched on is asked soon; what was switched off is not told any more.
    pub(super) fn settings_changed(&mut self) {
        self.survey.forget_unwanted(self.remote.settings());
        self.next_survey = soon();
        self.probe_wanted = true;
    }

    /// The next one is due from its start on: what is switched on while it runs does not wait for a whole interval.
    pub(super) fn start_survey(&mut self) -> Surveying {
        self.next_survey = Instant::now() + timing::until_next_survey(self.remote.settings());
        let (mut survey, settings) = (self.survey.clone(), self.remote.settings().clone());
        tokio::task::spawn_blocking(move || {
            let found = survey.round(&settings, &Root::system(), Timestamp::now());
            (survey, found)
        })
    }

    /// The settings may be others than when the round began.
    pub(super) fn surveyed(&mut self, survey: Survey, found: bool) {
        self.survey = survey;
        self.survey.forget_unwanted(self.remote.settings());
        self.probe_wanted |= found;
    }
}
