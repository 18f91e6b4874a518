//! The node's Ed25519 key, which vouches for its manifests.

use ed25519_dalek::{Signer, SigningKey};
use runtime::Fault;
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// The node's signing key. `Debug` shows the public half only.
pub struct NodeKey(SigningKey);

const BYTES: usize = 32;

impl NodeKey {
    /// Makes a new random key in a new file that only its owner may read.
    ///
    /// # Errors
    /// Fatal when the file exists or can't be written.
    pub fn create(path: &Path) -> Result<Self, Fault> {
        let broken =
            |e: std::io::Error| Fault::fatal(format!("can't make the key file {}: {e}", path.display()));
        let mut secret = [0; BYTES];
        OpenOptions::new()
            .read(true)
            .open("/dev/urandom")
            .and_then(|mut source| source.read_exact(&mut secret))
            .map_err(broken)?;
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .map_err(broken)?;
        file.write_all(&secret)
            .and_then(|()| file.sync_all())
            .map_err(broken)?;
        Ok(Self(SigningKey::from_bytes(&secret)))
    }

    /// Reads the key.
    ///
    /// # Errors
    /// Fatal when the file is missing, open to others, or no key.
    pub fn read(path: &Path) -> Result<Self, Fault> {
        let broken = |what: String| Fault::fatal(format!("the key file {}: {what}", path.display()));
        let mode = std::fs::metadata(path)
            .map_err(|e| broken(e.to_string()))?
            .permissions()
            .mode();
        if mode & 0o077 != 0 {
            return Err(broken("others may read it: set its mode to 0600".to_owned()));
        }
        let bytes = std::fs::read(path).map_err(|e| broken(e.to_string()))?;
        let secret = <[u8; BYTES]>::try_from(bytes.as_slice());
        let secret =
            secret.map_err(|_| broken(format!("must have exactly {BYTES} bytes: restore it from a copy")))?;
        Ok(Self(SigningKey::from_bytes(&secret)))
    }

    /// The public key in hexadecimal, to register the node with.
    pub fn public_hex(&self) -> String {
        self.0
            .verifying_key()
            .as_bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// An Ed25519 signature (RFC 8032) over exactly these bytes.
    pub fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.0.sign(bytes).to_bytes()
    }
}

impl std::fmt::Debug for NodeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NodeKey(public {})", self.public_hex())
    }
}
