//! A service of Windows: what the service control manager is told, and what it tells.

mod event_log;
mod host;

pub use host::dispatch;

use super::NAME;
use crate::probe::Root;
use anyhow::{Context, Result, bail};
use std::{env, ffi::OsString, thread, time::Duration};
use windows_service::{
    Error,
    service::{
        Service, ServiceAccess, ServiceAction, ServiceActionType, ServiceErrorControl, ServiceFailureActions,
        ServiceFailureResetPeriod, ServiceInfo, ServiceStartType, ServiceState, ServiceType,
    },
    service_manager::{ServiceManager, ServiceManagerAccess},
};

const DISPLAY_NAME: &str = "Kiemke agent";
const DESCRIPTION: &str = "Takes stock of this computer and reports to the Kiemke collector.";
const NO_SUCH_SERVICE: i32 = 1060;
const ALREADY_RUNNING: i32 = 1056;
const NOT_RUNNING: i32 = 1062;
const ACCESS_DENIED: i32 = 5;
/// How long a service may take to start or to stop.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// After a crash; a computer must not stay unwatched, nor be kept busy.
const RESTARTS: [Duration; 3] =
    [Duration::from_secs(60), Duration::from_secs(5 * 60), Duration::from_secs(15 * 60)];

/// For a release that runs as the service's child: its log and its priority are the service's.
pub fn be_part() {
    event_log::subscribe();
    host::background();
}

pub fn install(_: &Root) -> Result<String> {
    configure()?;
    start(&Root::system())?;
    Ok(format!("service {NAME} installed and started"))
}

/// Creates the service, or brings the one that an installer made up to date.
pub fn configure() -> Result<()> {
    let manager = manager(ServiceManagerAccess::CONNECT | ServiceManagerAccess::CREATE_SERVICE)?;
    let executable = env::current_exe().context("the path of this program is not known")?;
    let info = ServiceInfo {
        name: NAME.into(),
        display_name: DISPLAY_NAME.into(),
        service_type: ServiceType::OWN_PROCESS,
        start_type: ServiceStartType::AutoStart,
        error_control: ServiceErrorControl::Normal,
        executable_path: executable,
        launch_arguments: ["service", "run"].map(OsString::from).to_vec(),
        dependencies: Vec::new(),
        account_name: None,
        account_password: None,
    };
    let access = ServiceAccess::CHANGE_CONFIG | ServiceAccess::START | ServiceAccess::QUERY_STATUS;
    let service = match open(&manager, access)? {
        Some(service) => {
            service.change_config(&info).map_err(explained)?;
            service
        }
        None => manager.create_service(&info, access).map_err(explained)?,
    };
    service.set_description(DESCRIPTION).map_err(explained)?;
    // What follows makes it gentler and tougher; a system that lacks it (wine) still has the service.
    let optional = [
        service.set_delayed_auto_start(true),
        service.update_failure_actions(recovery()),
        service.set_failure_actions_on_non_crash_failures(true),
    ];
    for error in optional.into_iter().filter_map(std::result::Result::err) {
        tracing::warn!("service {NAME}: {:#}", explained(error));
    }
    event_log::register()
}

fn recovery() -> ServiceFailureActions {
    let restart = |delay| ServiceAction { action_type: ServiceActionType::Restart, delay };
    ServiceFailureActions {
        reset_period: ServiceFailureResetPeriod::After(Duration::from_secs(24 * 3600)),
        reboot_msg: None,
        command: None,
        actions: Some(RESTARTS.map(restart).to_vec()),
    }
}

pub fn uninstall(_: &Root) -> Result<String> {
    let manager = manager(ServiceManagerAccess::CONNECT)?;
    let access = ServiceAccess::STOP | ServiceAccess::QUERY_STATUS | ServiceAccess::DELETE;
    let Some(service) = open(&manager, access)? else { bail!("service {NAME} is not installed") };
    stop_and_wait(&service)?;
    service.delete().map_err(explained)?;
    event_log::unregister();
    Ok(format!("service {NAME} removed; the agent's state stays in place"))
}

pub fn start(_: &Root) -> Result<String> {
    let service = installed(ServiceAccess::START | ServiceAccess::QUERY_STATUS)?;
    match service.start::<OsString>(&[]) {
        Err(Error::Winapi(error)) if error.raw_os_error() == Some(ALREADY_RUNNING) => {}
        other => other.map_err(explained)?,
    }
    wait_for(&service, ServiceState::Running)?;
    Ok(format!("service {NAME} runs"))
}

pub fn stop(_: &Root) -> Result<String> {
    stop_and_wait(&installed(ServiceAccess::STOP | ServiceAccess::QUERY_STATUS)?)?;
    Ok(format!("service {NAME} stopped"))
}

fn stop_and_wait(service: &Service) -> Result<()> {
    if service.query_status().map_err(explained)?.current_state == ServiceState::Stopped {
        return Ok(());
    }
    match service.stop() {
        Err(Error::Winapi(error)) if error.raw_os_error() == Some(NOT_RUNNING) => return Ok(()),
        other => other.map_err(explained)?,
    };
    wait_for(service, ServiceState::Stopped)
}

fn wait_for(service: &Service, wanted: ServiceState) -> Result<()> {
    for _ in 0..PATIENCE.as_millis() / LOOK_EVERY.as_millis() {
        let state = service.query_status().map_err(explained)?.current_state;
        if state == wanted {
            return Ok(());
        }
        if state == ServiceState::Stopped {
            bail!("service {NAME} ended at once; see the event log");
        }
        thread::sleep(LOOK_EVERY);
    }
    bail!("service {NAME} is not {wanted:?} after {} s", PATIENCE.as_secs())
}

fn manager(access: ServiceManagerAccess) -> Result<ServiceManager> {
    ServiceManager::local_computer(None::<&str>, access).map_err(explained)
}

fn open(manager: &ServiceManager, access: ServiceAccess) -> Result<Option<Service>> {
    match manager.open_service(NAME, access) {
        Ok(service) => Ok(Some(service)),
        Err(Error::Winapi(error)) if error.raw_os_error() == Some(NO_SUCH_SERVICE) => Ok(None),
        Err(error) => Err(explained(error)),
    }
}

fn installed(access: ServiceAccess) -> Result<Service> {
    open(&manager(ServiceManagerAccess::CONNECT)?, access)?
        .with_context(|| format!("service {NAME} is not installed; see {NAME} service install --help"))
}

fn explained(error: Error) -> anyhow::Error {
    match error {
        Error::Winapi(error) if error.raw_os_error() == Some(ACCESS_DENIED) => {
            anyhow::anyhow!("services may be changed by administrators only: {error}")
        }
        Error::Winapi(error) => anyhow::Error::new(error).context("the service control manager refused"),
        other => anyhow::Error::new(other),
    }
}
