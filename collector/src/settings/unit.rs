//! What is switched on for a unit and those below it. What a unit leaves out it takes from the unit above;
//! what nobody sets is off.

use kiemke_schemas::settings::{
    InvalidSettings, RemoteSettings, SnmpAuthentication, SnmpCredentials, SnmpPrivacy, SnmpTarget,
};
use serde::{Deserialize, Serialize};

pub const DEFAULT_FAILOVER_MINUTES: u32 = 15;
const MOST_FAILOVER_MINUTES: u32 = 1440;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UnitSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_interval_seconds: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub echo_urls: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_targets: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snmp_interval_seconds: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub neighbours: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sweep: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mdns: Option<bool>,
    /// An elected agent that is away this long is replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failover_minutes: Option<u32>,
    /// Last, so that the text of the whole is TOML.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snmp: Option<Vec<SnmpTarget>>,
}

impl UnitSettings {
    /// What is left out here comes from above.
    pub fn over(self, above: Self) -> Self {
        Self {
            report_interval_seconds: self.report_interval_seconds.or(above.report_interval_seconds),
            echo_urls: self.echo_urls.or(above.echo_urls),
            latency_targets: self.latency_targets.or(above.latency_targets),
            snmp_interval_seconds: self.snmp_interval_seconds.or(above.snmp_interval_seconds),
            neighbours: self.neighbours.or(above.neighbours),
            sweep: self.sweep.or(above.sweep),
            mdns: self.mdns.or(above.mdns),
            failover_minutes: self.failover_minutes.or(above.failover_minutes),
            snmp: self.snmp.or(above.snmp),
        }
    }

    pub fn check(&self) -> Result<(), InvalidSettings> {
        if let Some(minutes) = self.failover_minutes.filter(|minutes| *minutes > MOST_FAILOVER_MINUTES) {
            return Err(InvalidSettings {
                field: "failover_minutes".into(),
                message: format!("{minutes} is not from 0 to {MOST_FAILOVER_MINUTES}"),
            });
        }
        self.of_every_agent().check()?;
        self.of_elected(self.snmp.clone().unwrap_or_default()).check()
    }

    pub fn failover_minutes(&self) -> u32 {
        self.failover_minutes.unwrap_or(DEFAULT_FAILOVER_MINUTES)
    }

    /// Whether some agent has to do more than the others.
    pub fn needs_election(&self) -> bool {
        self.sweep == Some(true)
            || self.mdns == Some(true)
            || self.snmp.as_ref().is_some_and(|targets| !targets.is_empty())
    }

    /// For an agent that was not elected: no credentials, nothing that others would notice.
    pub fn of_every_agent(&self) -> RemoteSettings {
        RemoteSettings {
            report_interval_seconds: self.report_interval_seconds,
            echo_urls: self.echo_urls.clone().unwrap_or_default(),
            latency_targets: self.latency_targets.clone().unwrap_or_default(),
            neighbours: self.neighbours.unwrap_or(false),
            ..RemoteSettings::default()
        }
    }

    pub fn of_elected(&self, snmp: Vec<SnmpTarget>) -> RemoteSettings {
        RemoteSettings {
            snmp_interval_seconds: self.snmp_interval_seconds.filter(|_| !snmp.is_empty()),
            snmp,
            sweep: self.sweep.unwrap_or(false),
            mdns: self.mdns.unwrap_or(false),
            ..self.of_every_agent()
        }
    }

    pub fn credentials(&self) -> Vec<SnmpCredentials> {
        self.snmp.iter().flatten().map(|target| target.credentials.clone()).collect()
    }

    pub fn without_secrets(&self) -> Self {
        self.with_credentials(
            &self.credentials().iter().map(SnmpCredentials::without_secrets).collect::<Vec<_>>(),
        )
    }

    /// In the order of the targets.
    pub fn with_credentials(&self, credentials: &[SnmpCredentials]) -> Self {
        let mut whole = self.clone();
        for (target, own) in whole.snmp.iter_mut().flatten().zip(credentials) {
            target.credentials = own.clone();
        }
        whole
    }

    /// A secret that is left empty stays what it was for the same device and the same user.
    pub fn keeping_secrets_of(mut self, former: &Self) -> Self {
        for target in self.snmp.iter_mut().flatten() {
            let same =
                |old: &&SnmpTarget| (old.role, old.host, old.port) == (target.role, target.host, target.port);
            if let Some(old) = former.snmp.iter().flatten().find(same) {
                keep(&mut target.credentials, &old.credentials);
            }
        }
        self
    }
}

fn keep(new: &mut SnmpCredentials, old: &SnmpCredentials) {
    use SnmpCredentials::{V1, V2c, V3};
    match (new, old) {
        (V1 { community } | V2c { community }, V1 { community: kept } | V2c { community: kept }) => {
            keep_text(community, kept);
        }
        (V3 { user, authentication, privacy }, V3 { user: same, authentication: auth, privacy: private })
            if user == same =>
        {
            if let (Some(SnmpAuthentication { password, .. }), Some(kept)) = (authentication, auth) {
                keep_text(password, &kept.password);
            }
            if let (Some(SnmpPrivacy { password, .. }), Some(kept)) = (privacy, private) {
                keep_text(password, &kept.password);
            }
        }
        _ => {}
    }
}

fn keep_text(new: &mut String, kept: &str) {
    if new.is_empty() {
        kept.clone_into(new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(json: &str) -> UnitSettings {
        serde_json::from_str(json).unwrap()
    }

    const ROUTER: &str =
        r#"{"snmp":[{"role":"router","host":"gateway","version":"2c","community":"hidden"}]}"#;

    #[test]
    fn a_unit_takes_from_above_what_it_leaves_out() {
        let above = settings(r#"{"neighbours":true,"sweep":true,"report_interval_seconds":600}"#);
        let own = settings(r#"{"sweep":false,"failover_minutes":0}"#);
        let whole = own.over(above);
        assert_eq!((whole.neighbours, whole.sweep, whole.failover_minutes()), (Some(true), Some(false), 0));
        assert_eq!(whole.of_every_agent().report_interval_seconds, Some(600));
        assert!(!whole.needs_election());
    }

    #[test]
    fn only_an_elected_agent_gets_credentials() {
        let whole = settings(ROUTER);
        assert!(whole.needs_election());
        assert!(whole.of_every_agent().snmp.is_empty());
        assert_eq!(whole.of_elected(whole.snmp.clone().unwrap()).snmp.len(), 1);
        assert_eq!(whole.without_secrets().with_credentials(&whole.credentials()), whole);
    }

    #[test]
    fn an_empty_secret_stays_what_it_was() {
        let empty = settings(&ROUTER.replace("hidden", ""));
        assert_eq!(empty.clone().keeping_secrets_of(&settings(ROUTER)), settings(ROUTER));
        let error = empty.check().unwrap_err().to_string();
        assert_eq!(error, "field snmp.0.community: 1 to 255 bytes expected");
    }
}
