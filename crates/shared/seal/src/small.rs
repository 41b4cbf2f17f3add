//! Small files for the plain form: they ask for a status, or take a message back. All 4,096 bytes long, so that they look
//! alike to who watches the line.

use hamseda_core::{Locator, Secret};

use crate::error::SmallFileError;

/// Length of a small file, bytes.
pub const SMALL_LEN: usize = 4096;
const MAGIC_LEN: usize = 8;
const BODY_END: usize = MAGIC_LEN + 32;
const STATUS: &[u8; MAGIC_LEN] = b"hamsedaS";
const WITHDRAWAL: &[u8; MAGIC_LEN] = b"hamsedaW";

/// What a small file asks for.
#[derive(Debug, Clone)]
pub enum SmallFile {
    /// The status record at this locator.
    Status(Locator),
    /// To take back whatever carries this secret's handle.
    Withdrawal(Secret<[u8; 32]>),
}

impl SmallFile {
    /// The file.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; SMALL_LEN] {
        let (magic, body) = match self {
            Self::Status(locator) => (STATUS, locator.as_bytes()),
            Self::Withdrawal(secret) => (WITHDRAWAL, secret.expose()),
        };
        let mut file = [0; SMALL_LEN];
        file[..MAGIC_LEN].copy_from_slice(magic);
        file[MAGIC_LEN..BODY_END].copy_from_slice(body);
        file
    }

    /// Reads a small file.
    ///
    /// # Errors
    /// See [`SmallFileError`].
    pub fn parse(file: &[u8]) -> Result<Self, SmallFileError> {
        let file: &[u8; SMALL_LEN] = file.try_into().map_err(|_| SmallFileError::Length)?;
        let mut body = [0; 32];
        body.copy_from_slice(&file[MAGIC_LEN..BODY_END]);
        let small = match &file[..MAGIC_LEN] {
            magic if magic == STATUS => Self::Status(Locator::from_bytes(body)),
            magic if magic == WITHDRAWAL => Self::Withdrawal(Secret::new(body)),
            _ => return Err(SmallFileError::Kind),
        };
        if file[BODY_END..].iter().any(|&byte| byte != 0) { Err(SmallFileError::Trailing) } else { Ok(small) }
    }
}
