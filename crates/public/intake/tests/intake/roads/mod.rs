//! Roads without script: parts by form, status, withdrawal, letters.

mod import;
mod letters;
mod parts;
mod status;
mod withdraw;

use bytes::Bytes;
use hamseda_core::{Handle, SealedHash, Secret};
use hamseda_inbox::Inbox;
use hamseda_road::pull::Client;
use hamseda_seal::parts::PartHeader;
use hamseda_store::testing::Fresh;
use sha2::{Digest as _, Sha256};

use crate::support::{Answer, Server, TOKEN, request};

/// Payload of the parts here: a message of the smallest class has three.
const STRIDE: u32 = 400_000;
/// The secret that takes back what [`parts`] made.
const SECRET: [u8; 32] = [0x77; 32];

fn handle() -> Handle {
    hamseda_seal::handle(&Secret::new(SECRET))
}

/// A sealed file as parts.
fn parts(sealed: &[u8]) -> Vec<Vec<u8>> {
    let sum = SealedHash::from_bytes(Sha256::digest(sealed).into());
    let headers = PartHeader::cut(sealed.len() as u64, STRIDE, handle(), sum).unwrap();
    headers
        .map(|header| {
            let at = usize::try_from(header.offset()).unwrap();
            let payload = &sealed[at..at + header.payload_len() as usize];
            [&header.to_bytes()[..], payload].concat()
        })
        .collect()
}

const BOUNDARY: &str = "----WebKitFormBoundaryOfTests";

fn form_type() -> String {
    format!("multipart/form-data; boundary={BOUNDARY}")
}

/// A form as browsers write it: files, each under a name that would be a confession.
fn form(files: &[&[u8]]) -> Vec<u8> {
    let mut body = Vec::new();
    for file in files {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"part\"; filename=\"my own clip.mp4\"\r\n\
             Content-Type: video/mp4\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

async fn post_form(server: &Server, path: &str, files: &[&[u8]]) -> Answer {
    request(server.address, "POST", path, &[("Content-Type", &form_type())], &form(files)).await
}

async fn post_raw(server: &Server, path: &str, body: &[u8]) -> Answer {
    request(server.address, "POST", path, &[("Content-Type", "application/octet-stream")], body).await
}

fn desk(server: &Server) -> Client {
    Client::new(&server.url(), TOKEN, None).unwrap()
}

/// Everything that waits for the desk.
async fn arrived(server: &Server) -> Vec<Bytes> {
    let mut all = Vec::new();
    for waiting in desk(server).list(None).await.unwrap() {
        all.push(server.content(&format!("/upload/{}", waiting.id)).await.into());
    }
    all
}

async fn blobs(fresh: &Fresh) -> usize {
    hamseda_store::Blobs::open(&fresh.blobs_url()).unwrap().list("part").await.unwrap().len()
}

/// The inbox as another process has it.
async fn beside(fresh: &Fresh) -> Inbox {
    Inbox::open(fresh.url(), &fresh.blobs_url(), hamseda_core::Limits::DEFAULT.into()).await.unwrap()
}
