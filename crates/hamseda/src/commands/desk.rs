//! `hamseda desk`: the reviewers' pages, on loopback.

use std::sync::Arc;
use std::time::Duration;

use hamseda_core::SystemClock;
use hamseda_desk::hatch::Hatch;
use hamseda_desk::{DeskConfig, DeskError};

use crate::cli;
use crate::failure::Failure;
use crate::folder::Folder;
use crate::output::Output;
use crate::{rooms, secrets};

/// How long an unprotected clip can be looked at, beside its own length.
const VIEW_TIME: Duration = Duration::from_secs(5 * 60);

pub(crate) async fn run(args: cli::Desk, out: Output) -> Result<(), Failure> {
    if !args.listen.ip().is_loopback() {
        return Err(DeskError::NotLoopback(args.listen).into());
    }
    let folder = Folder::open(&args.dir.dir)?;
    let login = folder.key(secrets::DESK_LOGIN);
    let config = DeskConfig {
        vault: rooms::vault(&folder).await?,
        campaign: folder.campaign()?,
        login_key: secrets::first_line(&login)?,
        clock: Arc::new(SystemClock),
        hatch: Hatch::new(folder.path(super::HATCH)),
        view_time: VIEW_TIME,
    };
    let (listener, address) = super::serve::listen(args.listen).await?;
    super::say_listening(out, address);
    out.note(&format!("The key that opens it lies in {}", login.display()));
    Ok(hamseda_desk::serve(config, listener, super::stopped()).await?)
}
