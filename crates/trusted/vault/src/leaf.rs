//! Drawing the leaf of an accepted message, and shredding what is behind it.

use std::collections::BTreeMap;

use hamseda_core::{MessageId, SealedHash, Secret};
use hamseda_store::{Tx, values};
use hamseda_tally::derive::leaf_commitment;
use hamseda_tally::fields::{Field, FieldTree, FieldValues, field_root};
use hamseda_tally::{LeafKind, Tag};
use serde_json::json;

use crate::{CustodyHead, Parts, VaultError, random};

/// Version of the consent text that senders agree to.
const CONSENT_VERSION: u8 = 1;

/// The tag and the w-commitment that a message's leaf will have.
pub(crate) struct Claim {
    pub(crate) tag: Tag,
    pub(crate) w_commitment: [u8; 32],
    /// The device's were in use (or no tag at all): both are drawn afresh, so that nobody can jam the log by sending
    /// somebody else's.
    pub(crate) tag_was_taken: bool,
}

/// Takes the device's tag and w-commitment unless another message has one of them.
pub(crate) async fn claim(tx: &Tx, parts: &Parts) -> Result<Claim, VaultError> {
    let Parts { tag, w_commitment, .. } = *parts;
    let sql = "SELECT 1 FROM leaf_secret WHERE tag = $1 OR w_commitment = $2";
    if tag != [0; 16] && tx.optional(sql, &values![tag, w_commitment]).await?.is_none() {
        return Ok(Claim { tag, w_commitment, tag_was_taken: false });
    }
    Ok(Claim { tag: random(), w_commitment: random(), tag_was_taken: true })
}

/// Draws the leaf: secrets into their table, the A leaf among those that wait for a batch.
///
/// Every message is drawn as A: a U leaf is for messages without an invite in a campaign that gives invites out.
pub(crate) async fn draw(
    tx: &Tx,
    message: MessageId,
    sealed: SealedHash,
    parts: &Parts,
    claim: &Claim,
    decision: CustodyHead,
) -> Result<(), VaultError> {
    let (leaf_key, strike_seed, publish_seed) = (Secret::new(random::<32>()), random::<32>(), random::<32>());
    let uses = parts.choices.uses;
    let consent = [CONSENT_VERSION, u8::from(uses.film), u8::from(uses.wall), u8::from(uses.count)];
    let fields = FieldValues::new()
        .with(Field::SealedHash, *sealed.as_bytes())
        .with(Field::SizeClass, [parts.size_class])
        .with(Field::Fingerprint, parts.fingerprint)
        .with(Field::Place, parts.choices.place.as_ref().map_or("", |place| place.as_str()))
        .with(Field::Language, parts.choices.lang.code())
        .with(Field::Consent, consent)
        .with(Field::ReceiptCommitment, parts.r_commitment)
        .with(Field::WithdrawalCommitment, claim.w_commitment)
        .with(Field::StrikeSeed, strike_seed)
        .with(Field::PublishSeed, publish_seed)
        .with(Field::FirstDecision, decision.hash)
        .with(Field::CustodyPosition, decision.seq.to_be_bytes());
    let row = values![
        message,
        claim.tag,
        claim.w_commitment,
        strike_seed,
        leaf_key.expose(),
        publish_seed,
        encode(&fields)?,
    ];
    tx.execute(
        "INSERT INTO leaf_secret (message, tag, w_commitment, strike_seed, leaf_key, publish_seed, fields)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &row,
    )
    .await?;
    let commitment = leaf_commitment(&field_root(&leaf_key, &fields));
    wait(tx, LeafKind::Accepted, claim.tag, commitment, message).await
}

/// Puts a leaf among those that wait for a batch.
pub(crate) async fn wait(
    tx: &Tx,
    kind: LeafKind,
    tag: Tag,
    commitment: [u8; 32],
    message: MessageId,
) -> Result<(), VaultError> {
    tx.execute(
        "INSERT INTO waiting (kind, tag, commitment, message) VALUES ($1, $2, $3, $4)",
        &values![kind.letter().to_string(), tag, commitment, message],
    )
    .await?;
    Ok(())
}

/// Forgets the leaf of an accepted message that was never in the log.
pub(crate) async fn forget(tx: &Tx, message: MessageId) -> Result<(), VaultError> {
    tx.execute("DELETE FROM waiting WHERE message = $1", &values![message]).await?;
    tx.execute("DELETE FROM leaf_secret WHERE message = $1", &values![message]).await?;
    Ok(())
}

/// Erases the key that opens a logged leaf's fields. What stays opens the seed of its strike and nothing else.
pub(crate) async fn shred(tx: &Tx, message: MessageId) -> Result<(), VaultError> {
    let sql = "SELECT leaf_key, fields FROM leaf_secret WHERE message = $1 AND leaf_key IS NOT NULL";
    let Some(row) = tx.optional(sql, &values![message]).await? else { return Ok(()) };
    let (key, fields) = (Secret::new(row.get::<[u8; 32]>(0)?), decode(&row.get::<String>(1)?)?);
    let tree = FieldTree::new(&key, &fields);
    let opening = tree.open(&key, &fields, Field::StrikeSeed);
    let kept = json!({
        "key": hex::encode(opening.key),
        "path": opening.path.iter().map(hex::encode).collect::<Vec<_>>(),
        "root": hex::encode(tree.root()),
    });
    let sql = "UPDATE leaf_secret SET leaf_key = NULL, publish_seed = NULL, fields = NULL, strike_opening = $1
               WHERE message = $2";
    tx.execute(sql, &values![kept.to_string(), message]).await?;
    Ok(())
}

fn encode(fields: &FieldValues) -> Result<String, VaultError> {
    let named: BTreeMap<_, _> = Field::ALL.iter().map(|f| (f.name(), hex::encode(fields.get(*f)))).collect();
    serde_json::to_string(&named).map_err(|e| VaultError::damaged(e.to_string()))
}

pub(crate) fn decode(text: &str) -> Result<FieldValues, VaultError> {
    let damaged = |e: &dyn std::fmt::Display| VaultError::damaged(format!("fields of a leaf: {e}"));
    let mut named: BTreeMap<String, String> = serde_json::from_str(text).map_err(|e| damaged(&e))?;
    let mut fields = FieldValues::new();
    for &field in Field::ALL {
        let value = named.remove(field.name()).unwrap_or_default();
        fields = fields.with(field, hex::decode(value).map_err(|e| damaged(&e))?);
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_read_back() {
        let fields = FieldValues::new().with(Field::Place, "orvana/miravan").with(Field::StrikeSeed, [7; 32]);
        let back = decode(&encode(&fields).unwrap()).unwrap();
        let key = Secret::new([1; 32]);
        assert_eq!(field_root(&key, &back), field_root(&key, &fields));
    }
}
