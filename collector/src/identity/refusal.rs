use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kiemke_schemas::enrolment::{ApiError, ApiErrorDetail};

/// Why a request of an agent is not granted; the code is stable.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("{message}")]
    Client { status: StatusCode, code: &'static str, field: Option<&'static str>, message: String },
    #[error("{0:#}")]
    Internal(#[from] anyhow::Error),
}

impl Refusal {
    pub fn forbidden(code: &'static str, message: impl Into<String>) -> Self {
        Self::Client { status: StatusCode::FORBIDDEN, code, field: None, message: message.into() }
    }

    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::Client { status: StatusCode::CONFLICT, code, field: None, message: message.into() }
    }

    pub fn field(code: &'static str, field: &'static str, message: impl Into<String>) -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self::Client { status, code, field: Some(field), message: message.into() }
    }

    pub fn code(&self) -> &'static str {
        match self {
            Self::Client { code, .. } => code,
            Self::Internal(_) => "internal",
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, code, field, message) = match self {
            Self::Client { status, code, field, message } => (status, code, field, message),
            Self::Internal(error) => {
                tracing::error!(error = format!("{error:#}"), "a request of an agent failed");
                let message = "the collector failed; its log says why".to_owned();
                (StatusCode::INTERNAL_SERVER_ERROR, "internal", None, message)
            }
        };
        let error = ApiErrorDetail { code: code.into(), message, field: field.map(Into::into) };
        (status, Json(ApiError { error })).into_response()
    }
}
