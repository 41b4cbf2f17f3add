//! Our intake as a process of its own, so that it can be killed and measured like others' servers.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hamseda_core::{Clock, Day, Limits, OsRandom, Random, UnixSeconds};
use hamseda_inbox::{Inbox, Quota};
use hamseda_intake::Config;
use hamseda_seal::SizeClass;
use hamseda_seal::token::{IssuerKey, SIGNATURE_LEN, Token, signed_bytes};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PSS_SHA384, RsaKeyPair};
use tokio::net::TcpListener;

/// The key set of the test vectors.
pub(crate) const KEYSET: &[u8] = include_bytes!("../../../vectors/seal/keyset.json");
/// A day on which it is good.
pub(crate) const TODAY: Day = Day(20_520);
/// The desk's token.
pub(crate) const TOKEN: &str = "a-token-for-tests";
const TOKEN_SHA256: &str = "9237b94c86ee59b8e51197999c04d4570522a9bfb16047aa5b59613faefa515d";
const CAMPAIGN: &str = include_str!("campaign.toml");

/// The usual limits, but for messages of 1 GiB and as many as a measurement asks for.
pub(crate) const fn limits() -> Limits {
    Limits { clip_bytes: 1 << 30, open_uploads: 1_000_000, inbox_bytes: 1 << 40, ..Limits::DEFAULT }
}

/// Noon of [`TODAY`].
#[derive(Debug)]
struct Noon;

impl Clock for Noon {
    fn now(&self) -> UnixSeconds {
        UnixSeconds(i64::from(TODAY.0) * 86_400 + 43_200)
    }
}

/// A campaign that pins the key set's signer.
fn campaign(keyset: &hamseda_seal::KeySet) -> String {
    let terms = keyset.terms();
    let key: String = terms.campaign_key.iter().map(|byte| format!("{byte:02x}")).collect();
    let issuers = format!("\n[[issuers]]\nname = \"A partner\"\nspki = \"{}\"\n", issuer("spki"));
    CAMPAIGN.replace("ORIGIN", &terms.origin).replace("CAMPAIGN-KEY", &key) + &issuers
}

/// Serves from `dir` until killed.
///
/// # Errors
/// What kept it from starting.
pub(crate) fn main(dir: &Path, listen: SocketAddr, quarantine_mib: Option<u64>) -> Result<(), String> {
    let mut limits = limits();
    if let Some(mib) = quarantine_mib {
        limits.quarantine_bytes = mib << 20;
    }
    if std::env::var_os("HAMSEDA_LOG").is_some() {
        tracing_subscriber::fmt()
            .with_writer(std::io::stderr)
            .with_max_level(tracing_subscriber::filter::LevelFilter::WARN)
            .init();
    }
    let runtime = tokio::runtime::Runtime::new().map_err(|e| e.to_string())?;
    runtime.block_on(async {
        let (database, blobs) = (format!("sqlite:{}/inbox.db", dir.display()), format!("file:{}/blobs", dir.display()));
        let inbox = Inbox::open(&database, &blobs, Quota::from(limits)).await.map_err(|e| e.to_string())?;
        let keyset = hamseda_seal::KeySet::verify(KEYSET, None).map_err(|e| e.to_string())?;
        let campaign = campaign(&keyset);
        let config = Config::new(campaign, KEYSET, TOKEN_SHA256, inbox, Arc::new(Noon)).map_err(|e| e.to_string())?;
        let listener = TcpListener::bind(listen).await.map_err(|e| e.to_string())?;
        println!("listening http://{}", listener.local_addr().map_err(|e| e.to_string())?);
        let served = hamseda_intake::serve(config.with_limits(limits), listener, std::future::pending());
        served.await.map_err(|e| e.to_string())
    })
}

/// What the vectors say of the test issuer.
fn issuer(field: &str) -> String {
    let vectors = include_str!("../../../vectors/invite/tokens.json");
    let vectors: serde_json::Value = serde_json::from_str(vectors).unwrap_or_default();
    vectors["issuer"][field].as_str().unwrap_or_default().to_owned()
}

/// Signs invites that this server takes.
pub(crate) struct Inviter {
    key: RsaKeyPair,
    public: IssuerKey,
}

impl Inviter {
    /// # Errors
    /// The vectors hold no key.
    pub(crate) fn new() -> Result<Self, String> {
        let pem = issuer("private_key");
        let der: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let der = STANDARD.decode(der).map_err(|e| e.to_string())?;
        let key = RsaKeyPair::from_pkcs8(&der).map_err(|e| e.to_string())?;
        Ok(Self { key, public: IssuerKey::from_text(&issuer("spki")).map_err(|e| e.to_string())? })
    }

    /// A fresh good token.
    ///
    /// # Errors
    /// The signature could not be made.
    pub(crate) fn token(&self) -> Result<String, String> {
        let mut random = OsRandom;
        let random: &mut dyn Random = &mut random;
        let (randomizer, nonce) = (random.bytes(), random.bytes());
        let mut signature = [0; SIGNATURE_LEN];
        let signed = signed_bytes(&randomizer, &nonce);
        let made = self.key.sign(&RSA_PSS_SHA384, &SystemRandom::new(), &signed, &mut signature);
        made.map_err(|e| e.to_string())?;
        Ok(Token { issuer: self.public.id(), randomizer, nonce, signature }.to_string())
    }
}

/// Length of a sealed message of the class of `mib` MiB.
///
/// # Errors
/// There is no such class.
pub(crate) fn sealed_len(mib: u64) -> Result<u64, String> {
    let keys = hamseda_seal::KeySet::verify(KEYSET, None).map_err(|e| e.to_string())?;
    let class = SizeClass::all(&limits()).find(|class| class.mib() == mib);
    Ok(class.ok_or_else(|| format!("no size class has {mib} MiB"))?.sealed_len(keys.recipients().len()))
}
