//! What librdkafka tells between calls: passed to the log, with authentication faults made loud.

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

/// Logs librdkafka's events. A wrong password is only ever told here: deliveries just time out.
pub(super) struct Quiet;

impl ClientContext for Quiet {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        told(&error, reason);
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

pub(super) fn told(error: &KafkaError, reason: &str) {
    let code = error.rdkafka_error_code();
    match code {
        Some(
            RDKafkaErrorCode::Authentication
            | RDKafkaErrorCode::SaslAuthenticationFailed
            | RDKafkaErrorCode::SSL,
        ) => {
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
