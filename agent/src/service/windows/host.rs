//! The process that the service control manager starts.

use super::{
    super::{NAME, serve as serve_agent},
    event_log,
};
use crate::{state_dir::StateDir, wake};
use anyhow::{Context, Result};
use std::{ffi::OsString, sync::Mutex, time::Duration};
use tokio::sync::oneshot;
use windows_service::{
    Error, define_windows_service,
    service::{
        PowerEventParam, ServiceControl, ServiceControlAccept, ServiceExitCode, ServiceState, ServiceStatus,
        ServiceType,
    },
    service_control_handler::{self, ServiceControlHandlerResult, ServiceStatusHandle},
    service_dispatcher,
};

define_windows_service!(ffi_main, service_main);

/// Time that the service control manager gives to a state that does not last.
const HINT: Duration = Duration::from_secs(20);
const NO_CONTROLLER: i32 = 1063;

/// Hands this thread to the service control manager until the service has stopped.
pub fn dispatch() -> Result<()> {
    match service_dispatcher::start(NAME, ffi_main) {
        Err(Error::Winapi(error)) if error.raw_os_error() == Some(NO_CONTROLLER) => {
            anyhow::bail!("this is for the service control manager; `{NAME} run` runs the agent here")
        }
        other => other.context("the service control manager cannot be reached"),
    }
}

fn service_main(_: Vec<OsString>) {
    event_log::subscribe();
    if let Err(error) = serve() {
        tracing::error!("{error:#}");
    }
}

fn serve() -> Result<()> {
    let (order, ordered) = oneshot::channel();
    let order = Mutex::new(Some(order));
    let handler = move |control| match control {
        ServiceControl::Stop | ServiceControl::Shutdown => {
            if let Some(order) = order.lock().ok().and_then(|mut order| order.take()) {
                let _ = order.send(());
            }
            ServiceControlHandlerResult::NoError
        }
        ServiceControl::PowerEvent(event) => {
            if matches!(event, PowerEventParam::ResumeAutomatic | PowerEventParam::ResumeSuspend) {
                wake::RESUMED.notify_one();
            }
            ServiceControlHandlerResult::NoError
        }
        ServiceControl::Interrogate => ServiceControlHandlerResult::NoError,
        _ => ServiceControlHandlerResult::NotImplemented,
    };
    let status = service_control_handler::register(NAME, handler).context("no control handler")?;
    tell(&status, ServiceState::Running, 0)?;
    event_log::started();
    let done = work(async move {
        let _ = ordered.await;
        // A reboot waits for this: the agent saves and goes, and a release that runs as its child before it.
        let _ = tell(&status, ServiceState::StopPending, 0);
    });
    let _ = tell(&status, ServiceState::StopPending, 0);
    if let Err(error) = &done {
        tracing::error!("{error:#}");
    }
    event_log::stopped();
    // A code other than 0 starts the recovery actions.
    tell(&status, ServiceState::Stopped, u32::from(done.is_err()))
}

fn tell(handle: &ServiceStatusHandle, state: ServiceState, code: u32) -> Result<()> {
    let accepted = match state {
        ServiceState::Running => {
            ServiceControlAccept::STOP | ServiceControlAccept::SHUTDOWN | ServiceControlAccept::POWER_EVENT
        }
        _ => ServiceControlAccept::empty(),
    };
    let status = ServiceStatus {
        service_type: ServiceType::OWN_PROCESS,
        current_state: state,
        controls_accepted: accepted,
        exit_code: if code == 0 { ServiceExitCode::NO_ERROR } else { ServiceExitCode::ServiceSpecific(code) },
        checkpoint: 0,
        wait_hint: if state == ServiceState::StopPending { HINT } else { Duration::ZERO },
        process_id: None,
    };
    handle.set_service_status(status).context("the service control manager does not listen")
}

fn work(stop: impl Future<Output = ()>) -> Result<()> {
    background();
    let state = StateDir::from_environment();
    state.create()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let done = runtime.block_on(serve_agent(state, stop));
    // What is still being read, a sweep for example, must not hold up the stop.
    runtime.shutdown_background();
    done
}

/// Processor, disk and memory go to the person at the desk first.
#[allow(unsafe_code, reason = "a call of the Windows API")]
pub fn background() {
    use windows_sys::Win32::System::Threading::{
        GetCurrentProcess, PROCESS_MODE_BACKGROUND_BEGIN, SetPriorityClass,
    };
    // SAFETY: the handle of this process is always good. A refusal changes nothing but the priority.
    unsafe { SetPriorityClass(GetCurrentProcess(), PROCESS_MODE_BACKGROUND_BEGIN) };
}
