//! Secrets at rest: age files protected by a passphrase (scrypt), which any age tool opens.
//!
//! Refuses: an empty passphrase, and to open a file that asks for more work than [`WorkFactor::MAX`] (somebody who can
//! swap a key file must not be able to hang the machine).

use std::io::{Read, Write};

use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, Encryptor, scrypt};
use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Hrp};
use zeroize::Zeroizing;

use hamseda_core::Secret;

use crate::error::KeyFileError;

/// Largest secret a file may hold, bytes; key files are under 4 KiB.
const MAX_SECRET: u64 = 64 * 1024;

/// Base-2 logarithm of scrypt's cost: each step doubles the time and the memory (2^18: 256 MiB) of every guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkFactor(u8);

impl WorkFactor {
    /// What age's own tools use: about a second.
    pub const DEFAULT: Self = Self(18);
    /// The most that is opened.
    pub const MAX: Self = Self(22);

    /// A chosen factor, 1 to 22. Below [`WorkFactor::DEFAULT`] is for trials and tests.
    ///
    /// # Errors
    /// [`KeyFileError::WorkFactor`].
    pub const fn new(log_n: u8) -> Result<Self, KeyFileError> {
        if log_n >= 1 && log_n <= Self::MAX.0 { Ok(Self(log_n)) } else { Err(KeyFileError::WorkFactor) }
    }
}

/// Protects a secret by a passphrase.
///
/// # Errors
/// [`KeyFileError::NoPassphrase`]; [`KeyFileError::Encrypt`].
pub fn lock(secret: &[u8], passphrase: &Secret<String>, work: WorkFactor) -> Result<Vec<u8>, KeyFileError> {
    if passphrase.expose().is_empty() {
        return Err(KeyFileError::NoPassphrase);
    }
    let mut recipient = scrypt::Recipient::new(SecretString::from(passphrase.expose().as_str()));
    recipient.set_work_factor(work.0);
    let encryptor = Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient));
    let mut file = Vec::new();
    let mut writer =
        encryptor.map_err(|_| KeyFileError::Encrypt)?.wrap_output(&mut file).map_err(|_| KeyFileError::Encrypt)?;
    writer.write_all(secret).and_then(|()| writer.finish()).map_err(|_| KeyFileError::Encrypt)?;
    Ok(file)
}

/// Opens a secret protected by [`lock`] or by an age tool.
///
/// # Errors
/// [`KeyFileError::Passphrase`] for a wrong passphrase, [`KeyFileError::NotAKeyFile`] for another or a damaged file,
/// [`KeyFileError::Work`].
pub fn unlock(file: &[u8], passphrase: &Secret<String>) -> Result<Secret<Vec<u8>>, KeyFileError> {
    let decryptor = Decryptor::new_buffered(file).map_err(|_| KeyFileError::NotAKeyFile)?;
    if !decryptor.is_scrypt() {
        return Err(KeyFileError::NotAKeyFile);
    }
    let mut identity = scrypt::Identity::new(SecretString::from(passphrase.expose().as_str()));
    identity.set_max_work_factor(WorkFactor::MAX.0);
    let reader = decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)).map_err(|error| match error {
        DecryptError::DecryptionFailed | DecryptError::NoMatchingKeys => KeyFileError::Passphrase,
        DecryptError::ExcessiveWork { .. } => KeyFileError::Work,
        _ => KeyFileError::NotAKeyFile,
    })?;
    let mut secret = Zeroizing::new(Vec::with_capacity(4096));
    reader.take(MAX_SECRET + 1).read_to_end(&mut secret).map_err(|_| KeyFileError::NotAKeyFile)?;
    if secret.len() as u64 > MAX_SECRET {
        return Err(KeyFileError::NotAKeyFile);
    }
    Ok(Secret::new(std::mem::take(&mut *secret)))
}

/// A 32-byte secret as Bech32 in upper case, the form age gives its identities.
pub(crate) fn secret_text(prefix: &'static str, secret: &[u8; 32]) -> Result<Secret<String>, KeyFileError> {
    let prefix = Hrp::parse(prefix).map_err(|_| KeyFileError::Encrypt)?;
    bech32::encode_upper::<Bech32>(prefix, secret).map(Secret::new).map_err(|_| KeyFileError::Encrypt)
}

/// Reads what [`secret_text`] wrote; `None` for every other text.
pub(crate) fn secret_from_text(prefix: &'static str, text: &str) -> Option<Secret<[u8; 32]>> {
    let checked = CheckedHrpstring::new::<Bech32>(text).ok()?;
    let bytes: Zeroizing<Vec<u8>> = Zeroizing::new(checked.byte_iter().collect());
    let secret = Secret::new(<[u8; 32]>::try_from(bytes.as_slice()).ok()?);
    // Lower case and lax padding bits are refused: one secret has one text.
    (secret_text(prefix, secret.expose()).ok()?.expose() == text).then_some(secret)
}

/// The one line of a key file that is not a comment.
pub(crate) fn only_line(file: &Secret<Vec<u8>>) -> Option<&str> {
    let text = std::str::from_utf8(file.expose()).ok()?;
    let mut lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let line = lines.next()?;
    lines.next().is_none().then_some(line)
}
