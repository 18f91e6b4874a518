//! The start: a database that is away is waited for, one with another schema is refused.

use crate::measure;
use crate::register::Register;
use runtime::health::Health;
use runtime::{Fault, Stop, retry};
use secrecy::SecretString;
use tokio::runtime::Handle;

/// The register, once it answers and its schema is this version's; none when a stop was asked for
/// before that.
///
/// # Errors
/// Fatal when the URL can't be understood or the schema is another version's.
pub async fn register(url: &SecretString, health: &Health, stop: &Stop) -> Result<Option<Register>, Fault> {
    let (url, health, stop, handle) = (url.clone(), health.clone(), stop.clone(), Handle::current());
    let connect = move || {
        handle
            .block_on(Register::connect(&url))
            .inspect_err(measure::retried)
    };
    tokio::task::spawn_blocking(move || retry::until_ready(&stop, &health, connect))
        .await
        .map_err(|_| Fault::fatal("the start panicked: see the log"))?
}
