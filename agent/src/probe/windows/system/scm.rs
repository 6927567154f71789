use super::super::ServiceState;
use crate::probe::root;
use kiemke_schemas::{Problem, ProblemKind};
use windows_service::{
    Error,
    service::{ServiceAccess, ServiceState as State},
    service_manager::{ServiceManager, ServiceManagerAccess},
};

const NO_SUCH_SERVICE: i32 = 1060;

pub fn state(name: &str) -> Result<ServiceState, Problem> {
    let source = format!("service {name}");
    let failed = |error: Error| match error {
        Error::Winapi(error) => root::problem(&source, &error),
        other => Problem::new(ProblemKind::Failed, source.as_str(), other.to_string()),
    };
    let manager =
        ServiceManager::local_computer(None::<&str>, ServiceManagerAccess::CONNECT).map_err(failed)?;
    let service = match manager.open_service(name, ServiceAccess::QUERY_STATUS) {
        Err(Error::Winapi(error)) if error.raw_os_error() == Some(NO_SUCH_SERVICE) => {
            return Ok(ServiceState::Absent);
        }
        other => other.map_err(failed)?,
    };
    let running = service.query_status().map_err(failed)?.current_state == State::Running;
    Ok(if running { ServiceState::Running } else { ServiceState::Stopped })
}
