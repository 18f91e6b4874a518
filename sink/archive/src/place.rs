//! Where an archive lies: a folder, or a bucket of an S3-compatible store.

use futures_util::TryStreamExt;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode, PutOptions};
use runtime::Fault;
use std::sync::Arc;

/// An archive's place. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Place(Arc<dyn ObjectStore>);

impl Place {
    /// Opens `s3://bucket/prefix`, or a folder, which is made if it isn't there. What S3 needs beside comes
    /// from its usual variables: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`,
    /// `AWS_ENDPOINT`, `AWS_ALLOW_HTTP`.
    ///
    /// # Errors
    /// Fatal when the place can't be understood or made.
    pub fn open(text: &str) -> Result<Self, Fault> {
        match text.strip_prefix("s3://") {
            Some(bucket) => Self::bucket(text, bucket),
            None if text.contains("://") => Err(Fault::fatal(format!(
                "{text} is no place for an archive: give a folder or s3://BUCKET/PREFIX"
            ))),
            None => Self::folder(text),
        }
    }

    fn bucket(text: &str, bucket: &str) -> Result<Self, Fault> {
        let (bucket, prefix) = bucket.split_once('/').unwrap_or((bucket, ""));
        // An error means that the process has one already.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let store = AmazonS3Builder::from_env().with_bucket_name(bucket).build();
        let store = store.map_err(|fault| Fault::fatal(format!("can't use {text}: {fault}")))?;
        Ok(Self(Arc::new(PrefixStore::new(store, prefix))))
    }

    fn folder(text: &str) -> Result<Self, Fault> {
        let refused =
            |fault: &dyn std::fmt::Display| Fault::fatal(format!("can't use the folder {text}: {fault}"));
        std::fs::create_dir_all(text).map_err(|fault| refused(&fault))?;
        let store = LocalFileSystem::new_with_prefix(text).map_err(|fault| refused(&fault))?;
        // An entry must not outlive the file it names when the power goes.
        Ok(Self(Arc::new(store.with_fsync(true))))
    }

    /// Puts an object, whether one is there or not.
    pub(crate) async fn put(&self, path: &Path, bytes: Vec<u8>) -> Result<(), Fault> {
        self.0
            .put(path, bytes.into())
            .await
            .map_err(|fault| failed("write", path, &fault))?;
        Ok(())
    }

    /// Puts an object where there is none. False when there is one.
    pub(crate) async fn create(&self, path: &Path, bytes: Vec<u8>) -> Result<bool, Fault> {
        let only_new = PutOptions::from(PutMode::Create);
        match self.0.put_opts(path, bytes.into(), only_new).await {
            Ok(_) => Ok(true),
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => Ok(false),
            Err(fault) => Err(failed("write", path, &fault)),
        }
    }

    /// An object's bytes; none when it isn't there.
    pub(crate) async fn get(&self, path: &Path) -> Result<Option<Vec<u8>>, Fault> {
        let got = match self.0.get(path).await {
            Ok(got) => got.bytes().await,
            Err(fault) => Err(fault),
        };
        match got {
            Ok(bytes) => Ok(Some(bytes.to_vec())),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(fault) => Err(failed("read", path, &fault)),
        }
    }

    /// Removes an object that nobody needs.
    pub(crate) async fn remove(&self, path: &Path) {
        if let Err(fault) = self.0.delete(path).await {
            tracing::warn!("{} is left behind: {fault}", path);
        }
    }

    /// The paths below a prefix, in order.
    pub(crate) async fn list(&self, prefix: &Path) -> Result<Vec<Path>, Fault> {
        let found = self.0.list(Some(prefix)).map_ok(|object| object.location);
        let mut paths: Vec<Path> = found
            .try_collect()
            .await
            .map_err(|fault| failed("list", prefix, &fault))?;
        paths.sort();
        Ok(paths)
    }
}

fn failed(doing: &str, path: &Path, fault: &Error) -> Fault {
    let text = format!("can't {doing} {path} in the archive: {fault}");
    match fault {
        Error::PermissionDenied { .. }
        | Error::Unauthenticated { .. }
        | Error::NotSupported { .. }
        | Error::NotImplemented { .. }
        | Error::InvalidPath { .. }
        | Error::UnknownConfigurationKey { .. } => Fault::fatal(text),
        _ => Fault::transient(text),
    }
}
