//! The bot on a database with the faults of a real cluster, seed by seed, and on a server that is named.
//!
//!     FAULT_SEEDS=7 cargo test -p discord-bot --test it cluster    # one seed again

use std::collections::BTreeSet;

use astra_db::testing::{Fault, Faults, Seeds};
use astra_db::{Database, DefaultRetryPolicy};
use discord_bot::answer::{Answer, Message, Visibility};
use discord_bot::rate_limit::RateLimits;
use discord_bot::request::Kind;
use discord_bot::{AppState, Store};
use test_support::{fault_seeds, faulty, on_named_server, quick_faults, say};

use super::{Person, Room, button, message, names, text};

/// How many bots are tested at the same time: for most of it they wait.
const AT_ONCE: usize = 8;
/// How often a member gives a command before giving up.
const PATIENCE: usize = 60;

#[test]
fn whatever_the_database_does_documents_are_stored_once() {
    let journeys = async |faults: Faults| {
        let database = faulty(&faults, DefaultRetryPolicy::default()).await;
        all(&database, &faults).await;
        lists_never_answer(&database, &faults).await;
    };
    let seeds = fault_seeds().at_once(AT_ONCE);
    let report = seeds.run(quick_faults, journeys);
    say(&format!("bot: {report}"));
    report.assert_passed();
    if report.runs >= 50 {
        // The bot has no tables.
        assert_eq!(report.played.missing(), [Fault::SchemaMismatch]);
    }
}

/// The faults bite: members are refused what the client would have asked again.
#[test]
fn without_the_retries_of_the_client_the_journeys_fail() {
    let journeys = async |faults: Faults| {
        let database = faulty(&faults, DefaultRetryPolicy::never()).await;
        all(&database, &faults).await;
    };
    let seeds = Seeds::new(1..=50).at_once(AT_ONCE);
    let report = seeds.run(quick_faults, journeys);
    let failed = report.failed.len();
    say(&format!("bot without retries: {failed} of 50 seeds failed"));
    assert!(failed >= 45, "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_journeys_on_a_server_that_is_named() {
    on_named_server(async |database| {
        all(&database, &Faults::seeded(1).only([])).await;
    })
    .await;
}

async fn all(database: &Database, faults: &Faults) {
    let room = open(database, faults).await;
    one_after_the_other(&room, faults).await;
    many_at_once(&room, faults).await;
}

/// Starts the bot, again and again if need be, as whatever runs it does. Where the database lists nothing anymore, its
/// operator has to restart it.
async fn open(database: &Database, faults: &Faults) -> Room {
    let mut failures = Vec::new();
    for _ in 0..40 {
        match Store::open(database.clone()).await {
            Ok(store) => {
                let app = AppState::new(store).with_limits(RateLimits::none());
                return Room::of(database.clone(), app);
            }
            Err(error) => failures.push(error.to_string()),
        }
        faults.restart();
    }
    panic!("the bot does not start: {failures:#?}");
}

async fn one_after_the_other(room: &Room, faults: &Faults) {
    let ada = Member::of(room.person(1, 1), faults);
    let stored = ["Teapot", "Cup", "Saucer", "Spoon", "Kettle", "Jug", "Tray"];
    for name in stored {
        ada.creates(name).await;
    }
    let count = ada.says("count", &[]).await;
    assert_eq!(count.content(), Some("This server has **7 documents**."));
    assert_eq!(ada.finds().await, stored.map(str::to_owned).into());
    for name in ["Pot", "Can", "Urn"] {
        let before = if name == "Pot" { "Teapot" } else { "Pot" };
        let before = if name == "Urn" { "Can" } else { before };
        ada.renames(before, name).await;
    }
    ada.deletes("Cup").await;
    ada.deletes("Jug").await;
    let left = ["Urn", "Saucer", "Spoon", "Kettle", "Tray"];
    assert_eq!(ada.finds().await, left.map(str::to_owned).into());
    let shown = ada.says("get", &[("id", "Urn")]).await;
    assert!(text(&shown).contains("Revision 3"), "{shown:?}");
}

/// Members of two servers, each with documents of their own, in every order.
async fn many_at_once(room: &Room, faults: &Faults) {
    let crowd = (0..8).map(|number| async move {
        let guild = 2 + number % 2;
        let member = Member::of(room.person(guild, 10 + number), faults).in_a_crowd();
        let (one, other) = (format!("one {number}"), format!("other {number}"));
        member.creates(&one).await;
        member.creates(&other).await;
        member.renames(&other, &format!("new {number}")).await;
        member.deletes(&one).await;
    });
    futures_util::future::join_all(crowd).await;
    for guild in [2, 3] {
        let member = Member::of(room.person(guild, 1), faults);
        let numbers = (0..8).filter(|number| 2 + number % 2 == guild);
        let expected = numbers.map(|number| format!("new {number}"));
        assert_eq!(member.finds().await, expected.collect());
    }
}

/// A node has died, and lists of the schema never answer from then on: the bot answers.
async fn lists_never_answer(database: &Database, faults: &Faults) {
    faults.outage(3);
    let room = open(database, faults).await;
    let ada = Member::of(room.person(1, 1), faults);
    while faults.is_outage() {
        ada.says("count", &[]).await;
    }
    faults.outage(1);
    ada.says("count", &[]).await;
    let lists = database.list_collection_names();
    let lists = lists.timeout(std::time::Duration::from_millis(20));
    assert!(lists.await.unwrap_err().is_timeout());
    let count = ada.says("count", &[]).await;
    assert_eq!(count.content(), Some("This server has **5 documents**."));
}

/// A member who gives a command again when the bot says that it could not, and looks first where something may have
/// been done.
#[derive(Clone, Copy)]
struct Member<'a> {
    person: Person<'a>,
    faults: &'a Faults,
    /// Whether nobody else uses the bot: then nothing can fail but what the client may not repeat.
    is_alone: bool,
}

impl<'a> Member<'a> {
    fn of(person: Person<'a>, faults: &'a Faults) -> Self {
        Self {
            person,
            faults,
            is_alone: true,
        }
    }

    fn in_a_crowd(self) -> Self {
        Self {
            is_alone: false,
            ..self
        }
    }

    /// How many outages there were, and whether there is one.
    fn outages(self) -> (u64, bool) {
        let begun = self.faults.played().of(Fault::Outage);
        (begun, self.faults.is_outage())
    }

    /// Asks once; `None` if the database could not answer.
    async fn asks(self, kind: Kind) -> Option<Answer> {
        let outages = self.outages();
        let said = format!("{kind:?}");
        let answer = self.person.ask(self.person.room.new_id(), kind).await;
        let Answer::Message(refusal) = &answer else {
            return Some(answer);
        };
        let content = refusal.content().unwrap_or_default();
        let is_trouble =
            refusal.visibility() == Visibility::Ephemeral && content.contains("database");
        if !is_trouble {
            return Some(answer);
        }
        let is_outage = outages.1 || outages != self.outages();
        assert!(
            !self.is_alone || is_outage || content.contains("may have been"),
            "{said}: the client could have repeated this: {content}"
        );
        None
    }

    /// Asks until there is an answer: for what comes to the same when it is done twice.
    async fn insists(self, kind: Kind) -> Answer {
        for _ in 0..PATIENCE {
            if let Some(answer) = self.asks(kind.clone()).await {
                return answer;
            }
        }
        panic!("{kind:?}: never answered");
    }

    async fn command(self, name: &str, options: &[(&str, &str)]) -> Answer {
        self.insists(command(name, options)).await
    }

    async fn says(self, name: &str, options: &[(&str, &str)]) -> Message {
        message(self.command(name, options).await)
    }

    /// Gives the same command again after an answer that was lost, which stores nothing twice.
    async fn creates(self, name: &str) {
        let created = self.says("createdocument", &[("name", name)]).await;
        assert!(text(&created).contains("Done: "), "{created:?}");
    }

    /// The names of all documents, each of which is there once.
    async fn finds(self) -> BTreeSet<String> {
        let mut page = self.says("find", &[]).await;
        let mut found = names(&page);
        while let Some(next) = button(&page, "Next") {
            page = message(self.insists(press(next)).await);
            found.extend(names(&page));
        }
        let different: BTreeSet<String> = found.iter().cloned().collect();
        assert_eq!(different.len(), found.len(), "{found:?}");
        different
    }

    /// Opens the window for as long as the document has its old name.
    async fn renames(self, before: &str, after: &str) {
        for _ in 0..PATIENCE {
            let window = match self.command("update", &[("id", before)]).await {
                Answer::Modal(window) => window,
                gone => {
                    assert!(text(&message(gone)).contains("no such document"));
                    let found = self.says("get", &[("id", after)]).await;
                    assert!(text(&found).contains(after), "{found:?}");
                    return;
                }
            };
            let fields = [("name", after), ("body", "{}")];
            let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
            let custom_id = window.custom_id().to_owned();
            let fields = fields.into();
            self.asks(Kind::Modal { custom_id, fields }).await;
        }
        panic!("{before} is never renamed");
    }

    /// Presses the button until the document is gone.
    async fn deletes(self, name: &str) {
        let question = self.says("delete", &[("id", name)]).await;
        let yes = button(&question, "Delete").unwrap();
        let deleted = message(self.insists(press(yes)).await);
        let deleted = text(&deleted);
        assert!(
            deleted.contains("is deleted") || deleted.contains("does not exist"),
            "{deleted}"
        );
    }
}

fn command(name: &str, options: &[(&str, &str)]) -> Kind {
    Kind::Command {
        name: name.to_owned(),
        options: options.iter().copied().collect(),
    }
}

fn press(custom_id: String) -> Kind {
    Kind::Component { custom_id }
}
