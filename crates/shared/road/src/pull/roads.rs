//! Withdrawals and letters on their way to the desk, and status records on their way back.

use hamseda_core::{Locator, SealedHash, Secret};
use reqwest::Body;
use serde::Deserialize;

use super::Client;
use crate::RoadError;
use crate::ask::STATUS_LEN;

/// Status records in one request.
const BATCH: usize = 500;
/// Longest sealed letter, bytes: one to eight keys.
const LETTER_MAX: usize = 64 * 1024;

#[derive(Deserialize)]
struct Withdrawal {
    secret: String,
}

impl Client {
    /// Secrets of contributors who took their message back, at most 1,000 at a time.
    ///
    /// # Errors
    /// See [`RoadError`].
    pub async fn withdrawals(&self) -> Result<Vec<Secret<[u8; 32]>>, RoadError> {
        let response = self.send(self.http.get(self.url("withdrawals")?)).await?;
        let listed: Vec<Withdrawal> = response.json().await.map_err(unread)?;
        let secret = |text: &str| {
            let bytes = (0..32).map(|at| u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok());
            let bytes: Option<Vec<u8>> = bytes.collect();
            bytes.filter(|_| text.len() == 64).and_then(|bytes| bytes.try_into().ok()).map(Secret::new)
        };
        let secrets: Option<Vec<_>> = listed.iter().map(|line| secret(&line.secret)).collect();
        secrets.ok_or(RoadError::Protocol("its withdrawals can't be read"))
    }

    /// Tells the intake to forget secrets. Call it only when they are durable here. Saying it twice is fine.
    ///
    /// # Errors
    /// See [`RoadError`].
    pub async fn withdrawals_done(&self, secrets: &[Secret<[u8; 32]>]) -> Result<(), RoadError> {
        let texts: Vec<String> =
            secrets.iter().map(|secret| secret.expose().iter().map(|byte| format!("{byte:02x}")).collect()).collect();
        self.send(self.http.post(self.url("withdrawals/done")?).json(&texts)).await.map(drop)
    }

    /// Letters that wait, by the SHA-256 of their sealed bytes, at most 1,000 at a time.
    ///
    /// # Errors
    /// See [`RoadError`].
    pub async fn letters(&self) -> Result<Vec<SealedHash>, RoadError> {
        let response = self.send(self.http.get(self.url("letters")?)).await?;
        response.json().await.map_err(unread)
    }

    /// A letter's sealed bytes.
    ///
    /// # Errors
    /// See [`RoadError`].
    pub async fn letter(&self, id: SealedHash) -> Result<Vec<u8>, RoadError> {
        let mut response = self.send(self.http.get(self.url(&format!("letters/{id}"))?)).await?;
        let mut letter = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if letter.len() + chunk.len() > LETTER_MAX {
                return Err(RoadError::Protocol("a letter is longer than a letter can be"));
            }
            letter.extend_from_slice(&chunk);
        }
        Ok(letter)
    }

    /// Tells the intake to forget a letter. Call it only when it is durable here. Saying it twice is fine.
    ///
    /// # Errors
    /// See [`RoadError`].
    pub async fn letter_done(&self, id: SealedHash) -> Result<(), RoadError> {
        self.send(self.http.post(self.url(&format!("letters/{id}/done"))?)).await.map(drop)
    }

    /// Brings status records. With `all`, they replace every record there is, and what the intake answers for locators
    /// without one changes too: whoever looks the same locator up again and again then learns nothing from a change. Without,
    /// only these are replaced, which somebody who watches one locator can see.
    ///
    /// A replacement that is cut leaves the older records in place; bring all of them again.
    ///
    /// # Errors
    /// See [`RoadError`].
    pub async fn put_records(&self, records: &[(Locator, [u8; STATUS_LEN])], all: bool) -> Result<(), RoadError> {
        let batches = records.len().div_ceil(BATCH).max(usize::from(all));
        for number in 0..batches {
            let batch = &records[number * BATCH..records.len().min((number + 1) * BATCH)];
            let body: Vec<u8> =
                batch.iter().flat_map(|(locator, record)| [&locator.as_bytes()[..], record].concat()).collect();
            let mut url = self.url("records")?;
            if all && number == 0 {
                url.query_pairs_mut().append_pair("all", "1");
            }
            if all && number + 1 == batches {
                url.query_pairs_mut().append_pair("last", "1");
            }
            self.send(self.http.put(url).body(Body::from(body))).await?;
        }
        Ok(())
    }
}

fn unread(error: reqwest::Error) -> RoadError {
    if error.is_decode() { RoadError::Protocol("its list can't be read") } else { error.into() }
}
