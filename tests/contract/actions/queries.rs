//! Typed filters, updates, sorts and projections, against every backend.

use std::collections::{BTreeMap, BTreeSet};

use astra_db::query::Having;
use astra_db::table::{Timestamp, Uuid};
use astra_db::{
    Collection, CollectionDocument, Fields, Filter, ReturnDocument, Table, TableRow, Update,
};
use serde::{Deserialize, Serialize};

use super::everywhere;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, CollectionDocument)]
#[collection(name = "songs")]
struct Song {
    #[serde(rename = "_id")]
    id: String,
    title: Option<String>,
    plays: i64,
    artist: Artist,
    #[serde(default)]
    votes: BTreeMap<String, i64>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(rename = "a.b", skip_serializing_if = "Option::is_none")]
    dotted: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<astra_db::Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Fields)]
struct Artist {
    name: String,
}

fn song(id: &str, plays: i64, artist: &str, tags: &[&str]) -> Song {
    Song {
        id: id.into(),
        title: Some(format!("Song {id}")),
        plays,
        artist: Artist {
            name: artist.into(),
        },
        votes: BTreeMap::from([("R&D.1".to_owned(), plays)]),
        tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
        dotted: (plays > 1).then_some(true),
        changed: None,
    }
}

async fn ids(songs: &Collection<Song>, filter: Filter<Song>) -> String {
    let found = songs.find(&filter).sort(Song::id().asc()).all().await;
    let found = found.unwrap_or_else(|error| panic!("{filter:?}: {error}"));
    found.into_iter().map(|song| song.id).collect()
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
async fn every_filter_of_a_collection_finds_what_it_says() {
    everywhere(async |db| {
        db.create_collection(Song::COLLECTION_NAME).await.unwrap();
        let songs = db.collection_of::<Song>();
        let all = [
            song("a", 1, "Ada", &["x", "y"]),
            song("b", 2, "Bob", &["y"]),
            song("c", 3, "Ada", &[]),
        ];
        let stored = songs.insert_many(&all).await.unwrap();
        let stored = stored.inserted().map(|(place, id)| format!("{place} {id}"));
        assert_eq!(stored.collect::<Vec<_>>(), ["0 a", "1 b", "2 c"]);
        for (filter, found) in [
            (Filter::default(), "abc"),
            (Song::plays().eq(2), "b"),
            (Song::plays().ne(2), "ac"),
            (Song::plays().lt(2), "a"),
            (Song::plays().lte(2), "ab"),
            (Song::plays().gt(2), "c"),
            (Song::plays().gte(2).and(Song::plays().lt(3)), "b"),
            (Song::id().is_in(["a", "c"]), "ac"),
            (Song::title().not_in(["Song a"]), "bc"),
            (Song::artist().name().eq("Ada"), "ac"),
            (Song::artist().eq(&all[0].artist), "ac"),
            (Song::votes().key("R&D.1").gte(2), "bc"),
            (Song::votes().key("none").is_missing(), "abc"),
            (Song::dotted().exists(), "bc"),
            (Song::tags().contains("y"), "ab"),
            (Song::tags().contains_any(["x", "z"]), "a"),
            (Song::tags().contains_all(["x", "y"]), "a"),
            (Song::tags().contains_none(["x"]), "bc"),
            (Song::tags().has_size(0), "c"),
            (Song::tags().at(0).eq("y"), "b"),
            (Song::tags().eq(&["y".to_owned()][..]), "b"),
            (Song::plays().eq(1).or(Song::plays().eq(3)), "ac"),
            (!Song::plays().eq(1), "bc"),
            (
                Song::artist()
                    .name()
                    .eq("Ada")
                    .and(Song::plays().ne(1).or(Song::plays().eq(9))),
                "c",
            ),
            (Song::plays().gte(1).and(Song::plays().gte(3)), "c"),
        ] {
            assert_eq!(ids(&songs, filter.clone()).await, found, "{filter:?}");
        }

        let newest = songs.find(Filter::<Song>::default());
        let newest = newest.sort(Song::artist().name().asc().then(Song::plays().desc()));
        let order: String = newest
            .all()
            .await
            .unwrap()
            .into_iter()
            .map(|song| song.id)
            .collect();
        assert_eq!(order, "cab");
        let tags = songs
            .distinct(Song::tags(), Song::plays().lte(2))
            .await
            .unwrap();
        assert_eq!(tags.len(), 2);
        let only = songs.clone_with_type::<astra_db::Document>();
        let only = only.find_one(Song::id().eq("a"));
        let only = only.projection(Song::title().include().and(Song::tags().slice(1)));
        let only = only.await.unwrap().unwrap();
        assert_eq!(only["tags"].as_array().map(<[_]>::len), Some(1), "{only}");
    })
    .await;
}

#[tokio::test]
async fn every_update_of_a_document_does_what_it_says() {
    everywhere(async |db| {
        db.create_collection(Song::COLLECTION_NAME).await.unwrap();
        let songs = db.collection_of::<Song>();
        let start = song("a", 2, "Ada", &["x"]);
        let changed = async |update: Update<Song>| {
            songs.delete_all().await.unwrap();
            songs.insert_one(&start).await.unwrap();
            let found = songs.find_one_and_update(Song::id().eq("a"), &update);
            let found = found.return_document(ReturnDocument::After).await;
            let found = found.unwrap_or_else(|error| panic!("{update:?}: {error}"));
            found.unwrap()
        };
        let tags = async |update| changed(update).await.tags.concat();

        let both = Song::title().set("New").and(Song::plays().inc(3));
        let both = changed(both).await;
        assert_eq!((both.title.as_deref(), both.plays), (Some("New"), 5));
        assert_eq!(changed(Song::title().set(None)).await.title, None);
        assert_eq!(changed(Song::dotted().unset()).await.dotted, None);
        assert_eq!(changed(Song::plays().multiply(4)).await.plays, 8);
        assert_eq!(changed(Song::plays().min(1)).await.plays, 1);
        assert_eq!(changed(Song::plays().max(1)).await.plays, 2);
        assert_eq!(
            changed(Song::artist().name().set("Bob")).await.artist.name,
            "Bob"
        );
        let voted = Song::votes()
            .key("R&D.1")
            .inc(1)
            .and(Song::votes().key("x").set(9));
        let voted = changed(voted).await.votes;
        assert_eq!(
            voted,
            BTreeMap::from([("R&D.1".into(), 3), ("x".into(), 9)])
        );
        assert!(
            changed(Song::changed().set_to_now())
                .await
                .changed
                .is_some()
        );
        assert_eq!(tags(Song::tags().push("y")).await, "xy");
        assert_eq!(tags(Song::tags().push_each(["y", "z"])).await, "xyz");
        assert_eq!(tags(Song::tags().push_each_at(0, ["y", "z"])).await, "yzx");
        assert_eq!(tags(Song::tags().add_to_set("x")).await, "x");
        assert_eq!(tags(Song::tags().add_each_to_set(["x", "y"])).await, "xy");
        assert_eq!(tags(Song::tags().pop_first()).await, "");
        assert_eq!(tags(Song::tags().pop_last()).await, "");

        let upserted = Song::title().set("New").and(Song::plays().set_on_insert(7));
        let upserted = upserted.and(Song::artist().name().set("Cy"));
        let made = songs
            .update_one(Song::id().eq("z"), upserted)
            .upsert(true)
            .await
            .unwrap();
        assert!(made.upserted_id.is_some());
        let made = songs.find_one(Song::id().eq("z")).await.unwrap().unwrap();
        assert_eq!((made.plays, made.artist.name.as_str()), (7, "Cy"));
    })
    .await;
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TableRow)]
#[table(name = "vehicles")]
struct Vehicle {
    #[partition_key]
    owner: Uuid,
    #[clustering(desc)]
    at: Timestamp,
    #[index]
    doors: Option<i32>,
    #[index]
    tags: BTreeSet<String>,
    #[index(keys)]
    #[index(values)]
    extras: BTreeMap<String, String>,
    #[text_index]
    notes: Option<String>,
}

fn vehicle(owner: Uuid, at: i64, doors: Option<i32>, tags: &[&str]) -> Vehicle {
    let tags: Vec<String> = tags.iter().map(|&tag| tag.to_owned()).collect();
    Vehicle {
        owner,
        at: Timestamp::from_millis(at),
        doors,
        extras: tags
            .iter()
            .map(|tag| (tag.clone(), "yes".to_owned()))
            .collect(),
        tags: tags.into_iter().collect(),
        notes: doors.map(|doors| format!("has {doors} doors")),
    }
}

async fn times(vehicles: &Table<Vehicle>, filter: Filter<Vehicle>) -> Vec<i64> {
    let found = vehicles.find(&filter).all().await;
    let found = found.unwrap_or_else(|error| panic!("{filter:?}: {error}"));
    // An index answers in no order.
    let mut times: Vec<_> = found.iter().map(|vehicle| vehicle.at.as_millis()).collect();
    times.sort_unstable_by(|one, other| other.cmp(one));
    times
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
async fn every_filter_and_update_of_a_table_does_what_it_says() {
    everywhere(async |db| {
        db.sync_table::<Vehicle>().await.unwrap();
        let vehicles = db.table_of::<Vehicle>();
        let owner = Uuid::now_v7();
        let all = [
            vehicle(owner, 1, Some(2), &["red", "fast"]),
            vehicle(owner, 2, Some(4), &["red"]),
            vehicle(owner, 3, None, &[]),
        ];
        vehicles.insert_many(&all).await.unwrap();
        let mine = || Vehicle::owner().eq(owner);
        for (filter, found) in [
            (mine(), vec![3, 2, 1]),
            (
                mine().and(Vehicle::at().lt(Timestamp::from_millis(3))),
                vec![2, 1],
            ),
            (mine().and(Vehicle::doors().eq(4)), vec![2]),
            (mine().and(Vehicle::doors().ne(4)), vec![1]),
            (mine().and(Vehicle::doors().is_in([2, 4])), vec![2, 1]),
            (
                mine().and(Vehicle::doors().gte(2).and(Vehicle::doors().lt(4))),
                vec![1],
            ),
            (mine().and(Vehicle::tags().contains("red")), vec![2, 1]),
            (
                mine().and(Vehicle::tags().contains_all(["red", "fast"])),
                vec![1],
            ),
            (
                mine().and(Vehicle::extras().has_keys(Having::Any, ["fast"])),
                vec![1],
            ),
            (
                mine().and(Vehicle::extras().has_values(Having::Any, ["yes"])),
                vec![2, 1],
            ),
            (
                mine().and(Vehicle::extras().has_entries(Having::Any, [("red", "yes")])),
                vec![2, 1],
            ),
        ] {
            assert_eq!(times(&vehicles, filter.clone()).await, found, "{filter:?}");
        }
        let words = vehicles
            .find(mine().and(Vehicle::notes().matches("4")))
            .all()
            .await
            .unwrap();
        assert_eq!(words.len(), 1);

        let change = Vehicle::doors().set(5).and(Vehicle::tags().push("blue"));
        let change = change.and(Vehicle::extras().insert("blue", "no"));
        let change = change.and(Vehicle::notes().unset());
        vehicles.update_by_key(all[1].key(), change).await.unwrap();
        let change = Vehicle::tags().pull_all(["red"]);
        let change = change.and(Vehicle::extras().remove_keys(["red"]));
        vehicles.update_by_key(all[1].key(), change).await.unwrap();
        let found = vehicles.find_by_key(all[1].key()).await.unwrap().unwrap();
        let expected = Vehicle {
            doors: Some(5),
            tags: BTreeSet::from(["blue".to_owned()]),
            extras: BTreeMap::from([("blue".to_owned(), "no".to_owned())]),
            notes: None,
            ..all[1].clone()
        };
        assert_eq!(found, expected);
        vehicles.delete_by_key(all[1].key()).await.unwrap();
        assert_eq!(vehicles.find_by_key(all[1].key()).await.unwrap(), None);
    })
    .await;
}
