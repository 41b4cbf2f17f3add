//! Makes clips and portraits, two at a time, and skips those that are already there as they should be.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::mpsc::Sender;

use super::camera::Camera;
use super::cast::Role;
use super::draw::{Affine, Canvas};
use super::figure::{self, Life, Look};
use super::scene::Scene;
use super::turn;
use super::voice::Speech;
use crate::random::Random;
use crate::say::Bar;
use crate::shell::{Res, tool};
use crate::stamp;

/// Raised when the same words would draw something else.
const DRAWN_BY: u32 = 1;
/// Longest clip, seconds.
const LONGEST: f32 = 8.0;
/// Length of a clip without sound, seconds.
const SILENT: f32 = 4.0;
/// Side of a portrait, pixels.
const PORTRAIT: usize = 640;

/// A file to be made.
#[derive(Debug, Clone)]
pub(crate) enum Order {
    /// A talking clip.
    Clip(Role, PathBuf),
    /// A still portrait.
    Portrait(Role, PathBuf),
}

impl Order {
    fn path(&self) -> &Path {
        let (Self::Clip(_, path) | Self::Portrait(_, path)) = self;
        path
    }

    fn recipe(&self) -> String {
        format!("{DRAWN_BY} {self:?}")
    }
}

/// Makes what is missing. Returns how many were made; the others were there.
///
/// # Errors
/// The first that failed; files made before it stay.
pub(crate) fn make_all(orders: &[Order], bar: &Bar) -> Res<usize> {
    let missing: Vec<_> = orders.iter().filter(|o| !stamp::fresh(o.path(), &o.recipe())).collect();
    let queue = Mutex::new(missing.iter());
    let next = || queue.lock().ok().and_then(|mut q| q.next().copied());
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, |n| n.get().min(4)) {
            let (tell, next) = (tell.clone(), &next);
            scope.spawn(move || work(next, &tell));
        }
        drop(tell);
        for (done, result) in (1..).zip(told) {
            result?;
            bar.set(done, missing.len());
        }
        Ok(missing.len())
    })
}

fn work<'a>(next: &impl Fn() -> Option<&'a Order>, tell: &Sender<Res>) {
    while let Some(order) = next() {
        // A closed channel means that another clip failed and nobody waits any more.
        if tell.send(make(order)).is_err() {
            return;
        }
    }
}

fn make(order: &Order) -> Res {
    let path = order.path();
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    let made = match order {
        Order::Clip(role, path) => clip(role, path),
        Order::Portrait(role, path) => portrait(role, path),
    };
    made.map_err(|e| format!("{}: {e}", path.display()))?;
    stamp::set(&stamp::beside(path), &order.recipe())
}

/// A file beside `path` with the same ending, where it is written until it is whole.
fn unfinished(path: &Path, ending: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".part-{name}{ending}"))
}

fn clip(role: &Role, path: &Path) -> Res {
    let camera = Camera::parse(&role.camera)?;
    let wav = unfinished(path, ".wav");
    let speech = Speech::speak(&role.says, &role.voice, role.seed, &wav)?;
    std::fs::write(&wav, speech.wav()).map_err(|e| e.to_string())?;
    let silent = role.camera.ends_with("none");
    let seconds = if silent { speech.seconds().min(SILENT) } else { speech.seconds().min(LONGEST) };
    let part = unfinished(path, "");
    let part = part.with_extension(path.extension().unwrap_or_default());
    film(role, &camera, &speech, seconds, &wav, &part)?;
    if camera.turn != 0 {
        let mut bytes = std::fs::read(&part).map_err(|e| e.to_string())?;
        if !turn::turn(&mut bytes, camera.turn) {
            return Err("no video track to turn".into());
        }
        std::fs::write(&part, bytes).map_err(|e| e.to_string())?;
    }
    std::fs::remove_file(&wav).map_err(|e| e.to_string())?;
    std::fs::rename(&part, path).map_err(|e| e.to_string())
}

fn film(role: &Role, camera: &Camera, speech: &Speech, seconds: f32, wav: &Path, out: &Path) -> Res {
    let mut encoder = camera.encoder(wav, out, &traces(role), seconds);
    let mut child = encoder.spawn().map_err(|e| format!("can't start ffmpeg: {e}"))?;
    let mut pipe = child.stdin.take().ok_or("ffmpeg took no input")?;
    let frames = (seconds * camera.fps()).ceil() as usize;
    let (mut sent, mut frame) = (Ok(()), Vec::new());
    let mut stage = Stage::new(role, camera.size)?;
    let life = Life::new(role.seed ^ role.take << 32, seconds);
    for (i, (loud, bright)) in speech.envelope(frames, camera.fps()).into_iter().enumerate() {
        let t = i as f32 / camera.fps();
        stage.draw(&life, t, loud, bright).yuv420(&mut frame);
        sent = pipe.write_all(&frame);
        if sent.is_err() {
            break;
        }
    }
    drop(pipe);
    let mut said = String::new();
    if let Some(mut errors) = child.stderr.take() {
        errors.read_to_string(&mut said).map_err(|e| e.to_string())?;
    }
    let status = child.wait().map_err(|e| e.to_string())?;
    if status.success() && sent.is_ok() { Ok(()) } else { Err(format!("ffmpeg: {status}\n{}", said.trim_end())) }
}

/// A set with a person on it.
struct Stage {
    scene: Scene,
    ground: Canvas,
    frame: Canvas,
    look: Look,
    place: Affine,
    seed: u64,
}

impl Stage {
    fn new(role: &Role, (width, height): (usize, usize)) -> Res<Self> {
        let scene = Scene::parse(&role.scene)?;
        let ground = scene.bake(width, height, role.seed);
        let mut random = Random::new(role.seed ^ 0x57a6);
        // Heads fill between a fifth and a quarter of the shorter side, a little off the middle as hands hold phones.
        let (w, h) = (width as f32, height as f32);
        let unit = (w * 0.29).min(h * random.between(0.22, 0.26));
        let x = w * random.between(0.46, 0.54);
        let y = h * if h > w { 0.42 } else { 0.455 };
        let look = Look::parse(&role.look, role.seed)?;
        Ok(Self { scene, frame: ground.clone(), ground, look, place: Affine::place(unit, x, y), seed: role.seed })
    }

    fn draw(&mut self, life: &Life, t: f32, loud: f32, bright: f32) -> &Canvas {
        self.frame.copy_from(&self.ground);
        self.scene.live(&mut self.frame, self.seed, t);
        figure::draw(&mut self.frame, &self.look, &life.at(t, loud, bright), self.scene.light(), self.place);
        &self.frame
    }
}

/// The traces a phone leaves in its files, all of them invented: the point lies in an ocean.
fn traces(role: &Role) -> Vec<(&'static str, String)> {
    let mut random = Random::new(role.seed ^ 0x6905);
    let (lat, lon) = (random.between(-14.0, -12.0), random.between(-29.0, -27.0));
    let day = 1 + role.seed % 28;
    let mut traces = vec![
        ("title", format!("Recording {}", role.seed)),
        ("artist", "A. Contributor".to_owned()),
        ("comment", "filmed at home".to_owned()),
        ("creation_time", format!("2026-03-{day:02}T{:02}:{:02}:07Z", 6 + role.seed % 16, role.seed * 7 % 60)),
        ("location", format!("{lat:+08.4}{lon:+09.4}/")),
    ];
    if let Some((maker, model)) = role.phone.split_once('|') {
        traces.push(("make", maker.to_owned()));
        traces.push(("model", model.to_owned()));
    }
    traces
}

fn portrait(role: &Role, path: &Path) -> Res {
    let mut stage = Stage::new(role, (PORTRAIT, PORTRAIT))?;
    let unit = PORTRAIT as f32 * 0.27;
    stage.place = Affine::place(unit, PORTRAIT as f32 * 0.5, PORTRAIT as f32 * 0.46);
    let pixels = stage.draw(&Life::portrait(role.seed), 0.0, 0.0, 0.0).yuv444();
    let part = unfinished(path, ".png");
    let mut ffmpeg = tool("ffmpeg");
    ffmpeg.args(["-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "yuv444p", "-s"]);
    ffmpeg.arg(format!("{PORTRAIT}x{PORTRAIT}")).args(["-i", "pipe:0", "-frames:v", "1"]);
    ffmpeg.args(["-vf", "scale=in_color_matrix=bt709:in_range=tv,format=rgb24"]).arg(&part);
    let mut child = ffmpeg.stdin(Stdio::piped()).spawn().map_err(|e| format!("can't start ffmpeg: {e}"))?;
    let sent = child.stdin.take().ok_or("ffmpeg took no input")?.write_all(&pixels);
    let status = child.wait().map_err(|e| e.to_string())?;
    if !status.success() || sent.is_err() {
        return Err(format!("ffmpeg: {status}"));
    }
    std::fs::rename(&part, path).map_err(|e| e.to_string())
}
