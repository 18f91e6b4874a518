//! What librdkafka tells between calls: passed to the log, with authentication faults made loud.

use super::fault;
use super::statistics::{self, Part};
use crate::Fault;
use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use std::sync::atomic::{AtomicBool, Ordering};

/// Logs librdkafka's events, and remembers a refused login: a wrong password is only ever told here, while
/// requests just time out.
#[derive(Default)]
pub(super) struct Quiet {
    login_refused: AtomicBool,
}

impl Quiet {
    pub(super) fn is_login_refused(&self) -> bool {
        self.login_refused.load(Ordering::Relaxed)
    }

    /// What a failed request means, when a refused login explains it.
    pub(super) fn fault(&self, doing: &str, error: &KafkaError) -> Fault {
        if self.is_login_refused() {
            return Fault::transient(format!(
                "{doing}: the broker refuses our login: check kafka.username, its password and kafka.ca_file"
            ));
        }
        fault(doing, error)
    }
}

impl ClientContext for Quiet {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        if is_refused_login(&error) {
            self.login_refused.store(true, Ordering::Relaxed);
        }
        told(&error, reason);
    }

    fn stats_raw(&self, json: &[u8]) {
        statistics::take(Part::Reader, json);
    }
}

pub(super) fn log(level: RDKafkaLogLevel, facility: &str, message: &str) {
    match level {
        RDKafkaLogLevel::Emerg
        | RDKafkaLogLevel::Alert
        | RDKafkaLogLevel::Critical
        | RDKafkaLogLevel::Error => {
            tracing::warn!(facility, "librdkafka: {message}");
        }
        _ => tracing::debug!(facility, "librdkafka: {message}"),
    }
}

fn is_refused_login(error: &KafkaError) -> bool {
    matches!(
        error.rdkafka_error_code(),
        Some(
            RDKafkaErrorCode::Authentication
                | RDKafkaErrorCode::SaslAuthenticationFailed
                | RDKafkaErrorCode::SSL
        )
    )
}

pub(super) fn told(error: &KafkaError, reason: &str) {
    let code = error.rdkafka_error_code();
    match code {
        Some(_) if is_refused_login(error) => {
            metrics::counter!("intake_kafka_authentication_failures_total").increment(1);
            tracing::error!(
                ?code,
                "the broker refuses our login: check user, password and certificates ({reason})"
            );
        }
        // Every broker of a cluster that can't be reached: told again and again while it lasts.
        Some(RDKafkaErrorCode::AllBrokersDown | RDKafkaErrorCode::BrokerTransportFailure) => {
            metrics::counter!("intake_kafka_connection_failures_total").increment(1);
            tracing::debug!(?code, "no connection to a broker: {reason}");
        }
        _ => tracing::warn!(?code, "librdkafka: {reason}"),
    }
}
