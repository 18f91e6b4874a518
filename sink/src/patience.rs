//! A limit to waiting for the database, as a line that died silently never says so.

use crate::fault::DatabaseFault;
use std::time::Duration;
use tokio::time::timeout;

/// For questions that take a moment: positions, a login.
pub(crate) const QUESTION: Duration = Duration::from_secs(30);

/// What `work` comes to, unless that takes longer than `limit`. Its connection is of no use then.
///
/// # Errors
/// Those of the work; transient when there was no answer in time.
pub(crate) async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, DatabaseFault>>,
) -> Result<T, DatabaseFault> {
    timeout(limit, work)
        .await
        .unwrap_or_else(|_| Err(DatabaseFault::of_silence()))
}
