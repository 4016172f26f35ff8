//! Recorded truth: the real services under known faults, held against `observe` and `diagnose`.
//!
//! `FIVEWHYS_CAPTURES` names the folder `captures`; without it every trial is shown as ignored.

#[path = "recorded/case.rs"]
mod case;
#[path = "recorded/evidence.rs"]
mod evidence;
#[path = "recorded/exchange.rs"]
mod exchange;
#[path = "recorded/key.rs"]
mod key;
#[path = "recorded/recording.rs"]
mod recording;

use std::path::Path;

fn main() {
    let text = concat!(include_str!("../fivewhys.toml"), "\n", include_str!("recorded/target.toml"));
    let file = fivewhys::target::TargetFile::parse("recorded.toml", text, Path::new(".")).unwrap();
    let target = file.resolve(Some("recorded"), &fivewhys::target::Overrides::new(&[], [])).unwrap();
    let folder = std::env::var("FIVEWHYS_CAPTURES").unwrap();
    let mut files: Vec<_> =
        std::fs::read_dir(Path::new(&folder).join("services")).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    for f in files {
        let Some(r) = recording::read(&f) else { continue };
        println!("##### {}", r.name);
        for (p, id) in r.probes().zip(1..) {
            let Some(k) = key::of(p) else {
                println!("   - {}", p.name);
                continue;
            };
            let e = exchange::of(&r, p, k, id);
            let s = case::seen(&e, &target).unwrap();
            println!(
                "   {id} {} => {} {} {} {} skew {:?}",
                p.name, e.probe, s.answered_by, s.authn, s.result, s.clock_skew_s
            );
        }
        for doors in case::DOORS {
            let c = case::Case::of(&r, &target, doors);
            let (causes, findings) = c.verdict();
            println!("  == {doors:?} failed {}", c.failed().len());
            for c in causes {
                println!(
                    "     CAUSE {} {} {} explains {} {:?}",
                    c.fault,
                    c.certainty,
                    c.confidence,
                    c.explains.len(),
                    c.settled_by.map(|s| s.door)
                );
                for a in c.alternatives {
                    println!("          or {} {}", a.fault, a.confidence);
                }
                for w in c.whys {
                    println!("          why {} | {}", w.claim, w.evidence[0].says);
                }
                if std::env::var("RULED").is_ok() {
                    for w in c.ruled_out {
                        println!("          not {} | {}", w.fault, w.by.says);
                    }
                }
            }
            for f in findings {
                println!(
                    "     FINDING {} {}",
                    f.id,
                    f.evidence.iter().map(|e| e.says.clone()).collect::<Vec<_>>().join("; ")
                );
            }
        }
    }
}
