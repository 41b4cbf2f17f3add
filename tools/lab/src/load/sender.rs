//! Senders on one runtime: chunks of 8 MiB over connections that stay open, as a sender's page sends.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::line::{Answer, head, patch_head};
use crate::server::Kind;

const CHUNK: usize = 8 * 1024 * 1024;
const PIECE: usize = 64 * 1024;
/// A slow sender sends so often in a second.
const BEATS: u64 = 4;
/// End of a body in chunks.
const LAST_CHUNK: &[u8] = b"0\r\n\r\n";
/// Longest wait for one answer.
const PATIENCE: Duration = Duration::from_secs(120);

/// What all senders share.
pub(super) struct Senders {
    kind: Kind,
    address: SocketAddr,
    message: Bytes,
    rate: Option<u64>,
    /// Paths of uploads under way, for whoever asks about one.
    paths: Mutex<Vec<String>>,
    finished: AtomicBool,
}

impl Senders {
    pub(super) fn new(kind: Kind, address: SocketAddr, message: Bytes, rate: Option<u64>) -> Self {
        let (paths, finished) = (Mutex::new(Vec::new()), AtomicBool::new(false));
        Self { kind, address, message, rate, paths, finished }
    }

    pub(super) fn finish(&self) {
        self.finished.store(true, Ordering::Relaxed);
    }

    fn paths(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.paths.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Sends `uploads` messages, `at_once` of them at a time; what went wrong.
pub(super) async fn all(senders: &std::sync::Arc<Senders>, uploads: usize, at_once: usize) -> Vec<String> {
    let next = std::sync::Arc::new(AtomicUsize::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    for lane in 0..at_once {
        let (senders, next) = (senders.clone(), next.clone());
        tasks.spawn(async move {
            let mut errors = Vec::new();
            if let Some(rate) = senders.rate {
                // Not all in the same instant: each begins somewhere in its first beat of a second.
                let within = Duration::from_secs_f64(lane as f64 / at_once as f64);
                tokio::time::sleep(within * u32::from(rate > 0)).await;
            }
            while next.fetch_add(1, Ordering::Relaxed) < uploads {
                if let Err(why) = one(&senders).await {
                    errors.push(why);
                }
            }
            errors
        });
    }
    let mut errors = Vec::new();
    while let Some(done) = tasks.join_next().await {
        errors.extend(done.unwrap_or_else(|e| vec![e.to_string()]));
    }
    errors
}

/// One upload. A line that breaks is an error: nothing here breaks lines.
async fn one(senders: &Senders) -> Result<(), String> {
    let mut connection = Connection::open(senders.address).await?;
    let length = senders.message.len();
    let text = length.to_string();
    let headers = [("Upload-Length", text.as_str()), ("Content-Length", "0")];
    let made = head(senders.address, "POST", senders.kind.endpoint(), &headers, true);
    let answer = connection.ask(made.as_bytes()).await?;
    if answer.status != 201 {
        return Err(format!("creation: {}", answer.status));
    }
    let path = answer.location();
    senders.paths().push(path.clone());
    let mut at = 0;
    while at < length {
        let end = length.min(at + CHUNK);
        let head = patch_head(senders.address, &path, at as u64, (end - at) as u64, true);
        connection.send(head.as_bytes()).await?;
        connection.body(&senders.message[at..end], senders.rate).await?;
        let answer = connection.answer().await?;
        if answer.status != 204 || answer.offset() != Some(end as u64) {
            return Err(format!("PATCH at {at}: {} offset {:?}", answer.status, answer.offset()));
        }
        at = end;
    }
    senders.paths().retain(|known| *known != path);
    Ok(())
}

/// Asks about uploads under way until all are finished; how long each answer took.
pub(super) async fn probe(senders: std::sync::Arc<Senders>, pause: Duration) -> Vec<Duration> {
    let (mut took, mut turn) = (Vec::new(), 0_usize);
    let Ok(mut connection) = Connection::open(senders.address).await else { return took };
    while !senders.finished.load(Ordering::Relaxed) {
        tokio::time::sleep(pause).await;
        turn = turn.wrapping_add(7);
        let path = {
            let paths = senders.paths();
            if paths.is_empty() { continue } else { paths[turn % paths.len()].clone() }
        };
        let began = Instant::now();
        match connection.ask(head(senders.address, "HEAD", &path, &[], true).as_bytes()).await {
            Ok(answer) if answer.status == 200 => took.push(began.elapsed()),
            // It was locked by its own sender, or the connection was closed: asked about on a new one.
            Ok(_) => {}
            Err(_) => match Connection::open(senders.address).await {
                Ok(new) => connection = new,
                Err(_) => return took,
            },
        }
    }
    took
}

/// A connection that stays open from request to request.
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self, String> {
        let stream = TcpStream::connect(address).await.map_err(|e| format!("connect: {e}"))?;
        stream.set_nodelay(true).map_err(|e| e.to_string())?;
        Ok(Self { stream, buffer: Vec::new() })
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.stream.write_all(bytes).await.map_err(|e| format!("send: {e}"))
    }

    pub(crate) async fn body(&mut self, bytes: &[u8], rate: Option<u64>) -> Result<(), String> {
        let Some(rate) = rate else {
            for piece in bytes.chunks(PIECE) {
                self.send(piece).await?;
            }
            return Ok(());
        };
        let mut beat = tokio::time::interval(Duration::from_millis(1_000 / BEATS));
        for piece in bytes.chunks((rate / BEATS).max(1) as usize) {
            beat.tick().await;
            self.send(piece).await?;
        }
        Ok(())
    }

    pub(crate) async fn ask(&mut self, request: &[u8]) -> Result<Answer, String> {
        self.send(request).await?;
        self.answer().await
    }

    pub(crate) async fn answer(&mut self) -> Result<Answer, String> {
        tokio::time::timeout(PATIENCE, self.read_answer()).await.map_err(|_| "no answer".to_owned())?
    }

    async fn read_answer(&mut self) -> Result<Answer, String> {
        loop {
            if let Some(answer) = Answer::parse(&self.buffer) {
                if answer.status < 200 {
                    self.buffer.clone_from(&answer.rest);
                    continue;
                }
                return self.drain(answer).await;
            }
            self.more().await?;
        }
    }

    /// Reads the body of an answer away. HEAD and 204 have none.
    async fn drain(&mut self, answer: Answer) -> Result<Answer, String> {
        let length: usize = match answer.status {
            200 | 204 => 0,
            _ => answer.header("content-length").parse().unwrap_or(0),
        };
        self.buffer.clone_from(&answer.rest);
        if answer.status != 200 && answer.header("transfer-encoding") == "chunked" {
            while !self.buffer.ends_with(LAST_CHUNK) {
                self.more().await?;
            }
            self.buffer.clear();
            return Ok(answer);
        }
        while self.buffer.len() < length {
            self.more().await?;
        }
        self.buffer.drain(..length);
        Ok(answer)
    }

    async fn more(&mut self) -> Result<(), String> {
        let n = self.stream.read_buf(&mut self.buffer).await.map_err(|e| format!("answer: {e}"))?;
        if n == 0 { Err("the server closed the line".into()) } else { Ok(()) }
    }
}
