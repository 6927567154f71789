use crate::{
    enrolment::{self, Request, pending::Pending},
    identity::{Identity, Superseded},
    output,
    probe::Root,
    state_dir::StateDir,
    tls,
};
use anyhow::{Context, Result, bail};
use clap::Parser;
use std::{fs, path::PathBuf};
use url::Url;

#[derive(Debug, Parser)]
#[command(
    after_help = "Example:\n  kiemke-agent enrol --collector https://kiemke.example.vn:8443 --token TOKEN --unit 26740\n\n\
    Keys are made on this computer and never leave it. The token ends in the SHA-256 of the collector's CA, so that\n\
    --ca is needed only where the collector does not send its CA along."
)]
pub struct Args {
    /// Address of the collector, https://HOST[:PORT]
    #[arg(long, value_name = "URL")]
    collector: Url,
    /// The collector's CA certificate (PEM); must be the one the token names
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Enrolment token, as `kiemke-collector token create` printed it
    #[arg(long, env = "KIEMKE_TOKEN", hide_env_values = true)]
    token: String,
    /// Code of the unit that this computer belongs to; the token's own unit where it is left out
    #[arg(long, value_name = "CODE")]
    unit: Option<String>,
    /// Take a new identity although this computer has one; reports not sent yet are set aside
    #[arg(long)]
    anew: bool,
    /// Only keep collector and token; the service enrols as soon as the collector can be reached. For installers:
    /// a computer that is enrolled stays as it is, unless the collector wants it to enrol anew
    #[arg(long, conflicts_with_all = ["anew", "ca"])]
    later: bool,
}

pub fn run(args: &Args) -> Result<()> {
    let state = StateDir::from_environment();
    if args.later {
        return keep(args, &state);
    }
    if let Some(known) = Identity::load(&state)?.filter(|_| !args.anew) {
        bail!("already enrolled as {} with {}; --anew takes a new identity", known.device, known.collector);
    }
    let ca = args.ca.as_ref().map(|path| {
        let text =
            fs::read_to_string(path).with_context(|| format!("--ca: {} cannot be read", path.display()))?;
        tls::certificate(&text).with_context(|| format!("--ca: {}", path.display()))
    });
    let request = Request {
        collector: args.collector.clone(),
        ca: ca.transpose()?,
        token: args.token.trim().to_owned(),
        unit: args.unit.clone(),
    };
    enrolment::check(&request)?;
    state.create()?;
    let _lock = state.lock()?;
    let machine = enrolment::machine(&Root::system())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let identity = runtime.block_on(enrolment::enrol(request, machine))?;
    enrolment::take(&state, &identity)?;
    Pending::clear(&state)?;
    output::line(format_args!("enrolled as {} in unit {}", identity.device, identity.unit))
}

fn keep(args: &Args, state: &StateDir) -> Result<()> {
    let superseded = Superseded::load(state)?.is_some();
    if let Some(known) = Identity::load(state)?.filter(|_| !superseded) {
        return output::line(format_args!("already enrolled as {} with {}", known.device, known.collector));
    }
    let token = args.token.trim().to_owned();
    let unit = args.unit.clone();
    let request =
        Request { collector: args.collector.clone(), ca: None, token: token.clone(), unit: unit.clone() };
    enrolment::check(&request)?;
    state.create()?;
    Pending { collector: args.collector.clone(), token, unit }.save(state)?;
    output::line(format_args!("the service will enrol this computer with {}", args.collector))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::WebTrust;
    use jiff::Timestamp;
    use kiemke_schemas::DeviceId;

    const HASH: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn identity() -> Identity {
        Identity {
            device: DeviceId::of_key(&[1; 32]),
            unit: "26740".into(),
            collector: "https://kiemke.example.vn:8443".parse().unwrap(),
            mqtt_host: "kiemke.example.vn".into(),
            mqtt_port: 8883,
            web_trust: WebTrust::CollectorCa,
            enrolled_at: Timestamp::UNIX_EPOCH,
            interval_seconds: 3600,
            report_key: String::new(),
            tls_key: String::new(),
            certificate: String::new(),
            ca: String::new(),
            collector_key: String::new(),
            release_key: None,
        }
    }

    #[test]
    fn an_enrolled_computer_stays_as_it_is_and_a_clone_enrols_later() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::at(folder.path());
        identity().save(&state).unwrap();
        let token = format!("secret.{HASH}");
        let args = Args::parse_from([
            "enrol",
            "--collector",
            "https://new.example.vn",
            "--token",
            &token,
            "--later",
        ]);
        keep(&args, &state).unwrap();
        assert_eq!(Pending::load(&state).unwrap(), None);
        let superseded = Superseded { reason: "two computers".into(), at: Timestamp::UNIX_EPOCH };
        superseded.save(&state).unwrap();
        keep(&args, &state).unwrap();
        let collector = "https://new.example.vn".parse().unwrap();
        assert_eq!(Pending::load(&state).unwrap(), Some(Pending { collector, token, unit: None }));
    }
}
