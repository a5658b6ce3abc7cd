//! Two and three real Syncthing daemons on loopback: an exchange folder, and a published file that both sides edit at
//! once.
//!
//! No discovery, no relay, own ports and homes. A test waits on what it wants to see, and between two looks on the
//! daemon's own events.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use carnet_core::exchange::{folder, publish};
use carnet_core::store::{Carnet, Deletions};
use carnet_tests::{Machines, edit, organisation, passphrase, quick_folder, save, tree, whole};
use serde_json::Value;
use tempfile::TempDir;

const KEY: &str = "carnet-test";
const SHARED: &str = "carnets";
/// How many events, of one second at most, are waited for: generous, since it ends at the first success.
const PATIENCE: usize = 240;

/// One daemon, stopped with the test.
struct Daemon {
    process: Child,
    port: u16,
    home: PathBuf,
    shared: PathBuf,
    seen: u64,
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn generate(home: &Path) -> String {
    let made = Command::new("syncthing")
        .args(["generate", "--no-default-folder", "--skip-port-probing"])
        .arg(format!("--home={}", home.display()))
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let config = fs::read_to_string(home.join("config.xml")).unwrap();
    let (_, rest) = config.split_once("<device id=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

/// Daemons that know each other and share one folder, all of them started.
fn daemons<const COUNT: usize>() -> (TempDir, [Daemon; COUNT]) {
    let folder = quick_folder();
    let homes: [PathBuf; COUNT] = std::array::from_fn(|own| folder.path().join(own.to_string()));
    let ids = homes.each_ref().map(|home| generate(home));
    let listen: [u16; COUNT] = std::array::from_fn(|_| free_port());
    let devices: String = (0..COUNT)
        .map(|other| {
            format!(
                "<device id=\"{}\" name=\"{other}\"><address>tcp://127.0.0.1:{}</address></device>",
                ids[other], listen[other]
            )
        })
        .collect();
    let sharers: String = ids
        .iter()
        .map(|id| format!("<device id=\"{id}\"/>"))
        .collect();
    let daemons = std::array::from_fn(|own| {
        let (home, port) = (homes[own].clone(), free_port());
        let shared = home.join("partage");
        fs::create_dir_all(shared.join(".stfolder")).unwrap();
        let config = format!(
            "<configuration version=\"36\"><folder id=\"{SHARED}\" label=\"{SHARED}\" path=\"{path}\" type=\"sendreceive\" \
             rescanIntervalS=\"3600\" fsWatcherEnabled=\"true\" fsWatcherDelayS=\"1\">{sharers}\
             <maxConflicts>10</maxConflicts></folder>{devices}<gui enabled=\"true\" tls=\"false\">\
             <address>127.0.0.1:{port}</address><apikey>{KEY}</apikey></gui><options>\
             <listenAddress>tcp://127.0.0.1:{listen}</listenAddress><globalAnnounceEnabled>false</globalAnnounceEnabled>\
             <localAnnounceEnabled>false</localAnnounceEnabled><relaysEnabled>false</relaysEnabled>\
             <natEnabled>false</natEnabled><reconnectionIntervalS>1</reconnectionIntervalS><urAccepted>-1</urAccepted>\
             <startBrowser>false</startBrowser><autoUpgradeIntervalH>0</autoUpgradeIntervalH>\
             <crashReportingEnabled>false</crashReportingEnabled></options></configuration>",
            path = shared.display(),
            listen = listen[own],
        );
        fs::write(home.join("config.xml"), config).unwrap();
        let mut daemon = Daemon {
            process: serve(&home),
            port,
            home,
            shared,
            seen: 0,
        };
        // One after the other, so that each finds those before it: all at once may find nobody, and try again only
        // twenty seconds later.
        daemon.started();
        daemon
    });
    (folder, daemons)
}

fn serve(home: &Path) -> Child {
    Command::new("syncthing")
        .args(["serve", "--no-browser", "--no-restart", "--no-upgrade"])
        .arg(format!("--home={}", home.display()))
        // One process, which ends when it is told to: a second one, which watches over it, would leave it behind.
        .env("STMONITORED", "yes")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Daemon {
    /// Asks the daemon; nothing while it does not answer yet.
    fn ask(&self, method: &str, path: &str) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nX-API-Key: {KEY}\r\nContent-Length: 0\r\n\r\n"
        )
        .ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        head.lines()
            .next()?
            .contains("200")
            .then(|| body.to_owned())
    }

    /// Waits for the daemon's next events, a second at most.
    fn wait(&mut self) {
        let path = format!("/rest/events?since={}&timeout=1", self.seen);
        let Some(events) = self.ask("GET", &path) else {
            // It is not there yet: the kernel tells when its process is, and its port soon after.
            std::thread::yield_now();
            return;
        };
        let events: Value = serde_json::from_str(&events).unwrap_or_default();
        let last = events
            .as_array()
            .and_then(|events| events.last()?["id"].as_u64());
        self.seen = last.unwrap_or(self.seen);
    }

    /// Waits until it answers.
    fn started(&mut self) {
        let mut tries = 0_u64;
        while self.ask("GET", "/rest/system/ping").is_none() {
            let ended = self.process.try_wait().unwrap();
            assert!(ended.is_none(), "syncthing ended: {ended:?}");
            tries += 1;
            assert!(tries < 20_000_000, "syncthing does not answer");
            std::thread::yield_now();
        }
    }

    /// Ends, as when its machine is switched off.
    fn stop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Begins again where it was.
    fn start_again(&mut self) {
        self.process = serve(&self.home);
        self.seen = 0;
        self.started();
    }

    fn scan(&self) {
        self.ask("POST", &format!("/rest/db/scan?folder={SHARED}"))
            .unwrap();
    }
}

/// Looks, and between two looks waits for events of both, until it is so.
fn until(daemons: &mut [&mut Daemon], what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..PATIENCE {
        if is_so() {
            return;
        }
        for daemon in &mut *daemons {
            daemon.wait();
        }
    }
    panic!("in vain: {what}");
}

fn is_missing() -> bool {
    let is_missing = Command::new("syncthing").arg("--version").output().is_err();
    if is_missing {
        eprintln!("skipped: syncthing is not installed (Debian package `syncthing`)");
    }
    is_missing
}

#[test]
fn two_daemons_carry_an_exchange_folder_both_ways() {
    if is_missing() {
        return;
    }
    let (_folder, [mut one, mut two]) = daemons();
    let machines = Machines::new();
    machines.create("a");
    let parc = machines.save("a", organisation("Parc")).rows[0].clone();
    machines.copy("a", "b");
    machines.save("a", edit(&parc).set("name", "Écrit d’un côté"));
    machines.save("b", edit(&parc).set("acronym", "de l’autre"));
    let pass = |machine: &str, daemon: &Daemon| {
        machines.at(machine, |carnet| {
            folder::exchange(carnet, &daemon.shared, Deletions::Ask).unwrap()
        });
        daemon.scan();
    };
    pass("a", &one);
    pass("b", &two);
    let shared = (one.shared.clone(), two.shared.clone());
    until(
        &mut [&mut one, &mut two],
        "the edits of both on both",
        || {
            for (machine, folder) in [("a", &shared.0), ("b", &shared.1)] {
                machines.at(machine, |carnet| {
                    folder::exchange(carnet, folder, Deletions::Ask).unwrap()
                });
            }
            machines.digest("a") == machines.digest("b")
        },
    );
    machines.agree(&["a", "b"]);
    assert_eq!(machines.text("a", &parc, "acronym"), "de l’autre");
    assert_eq!(machines.text("b", &parc, "name"), "Écrit d’un côté");
    let names = [tree(&shared.0), tree(&shared.1)].concat();
    let is_conflict = |path: &PathBuf| path.to_string_lossy().contains("sync-conflict");
    assert!(
        !names.iter().any(is_conflict),
        "one writer per file: {names:?}"
    );
}

#[test]
fn three_daemons_carry_every_edit_to_all_also_to_one_that_was_switched_off() {
    if is_missing() {
        return;
    }
    const NAMES: [&str; 3] = ["a", "b", "c"];
    const FIELDS: [&str; 3] = ["name", "acronym", "strategy"];
    let (_folder, [mut one, mut two, mut three]) = daemons();
    let folders = [&one, &two, &three].map(|daemon| daemon.shared.clone());
    let machines = Machines::new();
    machines.create("a");
    let parc = machines.save("a", organisation("Parc")).rows[0].clone();
    machines.copy("a", "b");
    machines.copy("a", "c");
    let pass = |machine: usize| {
        machines.at(NAMES[machine], |carnet| {
            folder::exchange(carnet, &folders[machine], Deletions::Ask).unwrap()
        });
    };
    let write = |machine: usize, word: &str| {
        machines.save(NAMES[machine], edit(&parc).set(FIELDS[machine], word));
        pass(machine);
    };
    let are_equal = |some: &[usize]| {
        some.iter().for_each(|machine| pass(*machine));
        let digests: Vec<String> = some
            .iter()
            .map(|machine| machines.digest(NAMES[*machine]))
            .collect();
        digests.iter().all(|digest| *digest == digests[0])
    };
    for (machine, daemon) in [&one, &two, &three].into_iter().enumerate() {
        write(machine, &format!("Écrit par {machine}"));
        daemon.scan();
    }
    until(
        &mut [&mut one, &mut two, &mut three],
        "the edits of three on all",
        || are_equal(&[0, 1, 2]),
    );
    machines.agree(&NAMES);

    // The third is switched off, and its officer goes on all the same.
    three.stop();
    for machine in 0..NAMES.len() {
        write(machine, &format!("Écrit ensuite par {machine}"));
    }
    one.scan();
    two.scan();
    until(&mut [&mut one, &mut two], "the edits of two", || {
        are_equal(&[0, 1])
    });
    pass(2);
    assert_eq!(machines.text("c", &parc, "name"), "Écrit par 0");
    assert_eq!(machines.text("a", &parc, "strategy"), "Écrit par 2");
    three.start_again();
    three.scan();
    until(
        &mut [&mut one, &mut two, &mut three],
        "what was missed, on all",
        || are_equal(&[0, 1, 2]),
    );
    machines.agree(&NAMES);
    for (machine, field) in FIELDS.into_iter().enumerate() {
        let written = format!("Écrit ensuite par {machine}");
        assert_eq!(machines.text("c", &parc, field), written);
    }
    let names = folders.iter().flat_map(|folder| tree(folder));
    let mut conflicts = names.filter(|path| path.to_string_lossy().contains("sync-conflict"));
    assert_eq!(conflicts.next(), None, "one writer per file");
}

#[test]
fn a_published_file_edited_on_both_sides_at_once_loses_nothing_to_the_daemons() {
    if is_missing() {
        return;
    }
    let (folder, [mut one, mut two]) = daemons();
    let machines = Machines::new();
    let passphrase = passphrase();
    let writer = |name: &str| machines.writer(name, folder.path().join(format!("registre-{name}")));
    let working = |name: &str| folder.path().join(format!("travail-{name}"));
    let published = [&one, &two].map(|daemon| daemon.shared.join("Élevage.carnet"));
    let mut a =
        publish::create(&published[0], Some(&passphrase), writer("a"), &working("a")).unwrap();
    let parc = save(&mut a, organisation("Parc")).rows[0].clone();
    publish::publish(&mut a, &published[0]).unwrap();
    one.scan();
    until(
        &mut [&mut one, &mut two],
        "the published file on the other side",
        || fs::read(&published[0]).ok() == fs::read(&published[1]).ok(),
    );
    let mut b = publish::open(&published[1], Some(&passphrase), writer("b"), &working("b"))
        .unwrap()
        .carnet;
    assert_eq!(b.get(&parc).unwrap().text("name"), Some("Parc"));
    // Both are cut off, edit and publish; then they meet again.
    for daemon in [&one, &two] {
        daemon.ask("POST", "/rest/system/pause").unwrap();
    }
    save(&mut a, edit(&parc).set("name", "Écrit d’un côté"));
    save(&mut b, edit(&parc).set("acronym", "de l’autre"));
    assert!(publish::publish(&mut a, &published[0]).unwrap().is_written);
    assert!(publish::publish(&mut b, &published[1]).unwrap().is_written);
    for daemon in [&one, &two] {
        daemon.scan();
        daemon.ask("POST", "/rest/system/resume").unwrap();
    }
    let is_conflict = |path: &PathBuf| path.to_string_lossy().contains("sync-conflict");
    let shared = [one.shared.clone(), two.shared.clone()];
    until(
        &mut [&mut one, &mut two],
        "the daemons' own conflict copy",
        || {
            shared
                .iter()
                .any(|folder| tree(folder).iter().any(is_conflict))
        },
    );
    let settle = |carnet: &mut Carnet, published: &Path| {
        let refused = publish::fold_in(carnet, published, Deletions::Ask).refused;
        // A file on its way may be read halfway: looked at again at the next event.
        let is_published = publish::publish(carnet, published).is_ok();
        refused.is_empty() && is_published
    };
    until(
        &mut [&mut one, &mut two],
        "both edits on both sides",
        || {
            let is_settled = settle(&mut a, &published[0]) && settle(&mut b, &published[1]);
            is_settled && a.digest().unwrap() == b.digest().unwrap()
        },
    );
    assert_eq!(whole(&a), whole(&b));
    for carnet in [&a, &b] {
        let record = carnet.get(&parc).unwrap();
        assert_eq!(record.text("name"), Some("Écrit d’un côté"));
        assert_eq!(record.text("acronym"), Some("de l’autre"));
    }
}
