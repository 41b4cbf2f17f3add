//! The whole upload layer against a model, over HTTP: random schedules of requests by several devices, cuts and restarts.
//!
//! The model knows what was acknowledged. It is held against every answer, and in the end against what the desk gets.

use proptest::prelude::*;

use crate::support::{Line, Server, Site, run, sealed};

/// One thing that happens.
#[derive(Debug, Clone)]
enum Step {
    /// Bytes from where the upload stands, `off` beside it, and the line is cut so many bytes before the end.
    Patch {
        upload: usize,
        length: usize,
        off: i64,
        cut: Option<usize>,
    },
    /// A request that promises all, sends some, and then neither more nor an end.
    Hang {
        upload: usize,
        length: usize,
    },
    Head {
        upload: usize,
    },
    Delete {
        upload: usize,
    },
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let upload = 0usize..3;
    prop_oneof![
        8 => (upload.clone(), 0usize..400_000, prop_oneof![9 => Just(0i64), 1 => -5i64..6], prop::option::weighted(0.4, 0usize..50_000))
            .prop_map(|(upload, length, off, cut)| Step::Patch { upload, length, off, cut }),
        2 => (upload.clone(), 0usize..200_000).prop_map(|(upload, length)| Step::Hang { upload, length }),
        3 => upload.clone().prop_map(|upload| Step::Head { upload }),
        1 => upload.prop_map(|upload| Step::Delete { upload }),
        1 => Just(Step::Restart),
    ]
}

/// What is known of an upload: at least these bytes are durable, at most those were ever sent in one piece.
struct Known {
    path: String,
    least: usize,
    most: usize,
}

struct World {
    server: Server,
    uploads: Vec<Known>,
    hanging: Vec<Line>,
}

impl World {
    /// Asks where an upload stands, holds it against the model, and takes it over.
    async fn stands(&mut self, which: usize) -> usize {
        let known = &mut self.uploads[which];
        let at = usize::try_from(self.server.head(&known.path).await.offset()).unwrap();
        assert!(at >= known.least, "{} bytes were acknowledged, {at} are left", known.least);
        assert!(at <= known.most, "{at} bytes, but only {} were ever sent", known.most);
        known.least = at;
        at
    }

    async fn patch(&mut self, which: usize, length: usize, off: i64, cut: Option<usize>) {
        let whole = sealed();
        let at = self.stands(which).await;
        let length = length.min(whole.len() - at);
        let offset = (at as i64 + off).max(0) as u64;
        let mut line = Line::patch(self.server.address, &self.uploads[which].path, offset, length).await;
        let right = offset == at as u64;
        let sent = length - cut.unwrap_or(0).min(length);
        line.send(&whole[at..at + sent]).await;
        if right {
            // Whatever an older request still held is taken over by this one, or came before it.
            self.uploads[which].most = self.uploads[which].most.max(at + sent);
        }
        if cut.is_some() && sent < length {
            line.cut();
            return;
        }
        let answer = line.answer().await;
        match answer.status {
            204 => {
                assert!(right, "bytes for {offset} were put at {at}");
                assert_eq!(answer.offset(), (at + length) as u64);
                self.uploads[which].least = at + length;
            }
            // A cut request that was still writing may have moved the offset meanwhile.
            409 => {}
            other => panic!("status {other}: {}", answer.text()),
        }
    }

    async fn hang(&mut self, which: usize, length: usize) {
        let whole = sealed();
        let at = self.stands(which).await;
        let mut line = Line::patch(self.server.address, &self.uploads[which].path, at as u64, whole.len() - at).await;
        let end = (at + length).min(whole.len());
        line.send(&whole[at..end]).await;
        self.uploads[which].most = self.uploads[which].most.max(end);
        self.hanging.push(line);
    }

    async fn delete(&mut self, which: usize) {
        let path = std::mem::take(&mut self.uploads[which].path);
        assert_eq!(self.server.tus("DELETE", &path, &[], b"").await.status, 204);
        assert_eq!(self.server.head(&path).await.status, 404);
        self.uploads[which] = begin(&self.server).await;
    }

    async fn finish(&mut self, which: usize) {
        let whole = sealed();
        // A request that was cut may still be writing its last bytes: then this one is told so and asks again.
        loop {
            let at = self.stands(which).await;
            let answer = self.server.patch(&self.uploads[which].path, at as u64, &whole[at..]).await;
            if answer.status == 204 {
                break;
            }
            assert_eq!(answer.status, 409, "{}", answer.text());
        }
        assert_eq!(self.server.content(&self.uploads[which].path).await, whole);
    }
}

async fn begin(server: &Server) -> Known {
    Known { path: server.create(sealed().len()).await, least: 0, most: 0 }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rule_2_no_schedule_of_requests_loses_or_mixes_a_byte(
        steps in prop::collection::vec(step(), 30),
        part_bytes in 5_000usize..600_000,
        piece_bytes in 1_000usize..70_000,
    ) {
        run(async |fresh| {
            let mut site = Site::on(&fresh);
            (site.pace.part_bytes, site.pace.piece_bytes) = (part_bytes, piece_bytes);
            let server = site.start().await;
            let uploads = vec![begin(&server).await, begin(&server).await, begin(&server).await];
            let mut world = World { server, uploads, hanging: Vec::new() };
            for step in steps {
                match step {
                    Step::Patch { upload, length, off, cut } => world.patch(upload, length, off, cut).await,
                    Step::Hang { upload, length } => world.hang(upload, length).await,
                    Step::Head { upload } => drop(world.stands(upload).await),
                    Step::Delete { upload } => world.delete(upload).await,
                    Step::Restart => {
                        world.hanging.clear();
                        world.server.stop().await;
                        world.server = site.start().await;
                    }
                }
            }
            for which in 0..3 {
                world.finish(which).await;
            }
        });
    }
}
