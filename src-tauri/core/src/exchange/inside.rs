//! Looking inside a backup: its records and their values beside those of today, and bringing some or all back as new
//! commits.

use std::fs;
use std::path::Path;

use serde::Serialize;
use ts_rs::TS;

use super::error::ExchangeError;
use crate::model::{ENTITIES, Record, RecordRef, Value};
use crate::regular;
use crate::store::scratch::Scratch;
use crate::store::{
    Carnet, Edit, Edits, ListRequest, MergeError, RecordChanges, RowName, Saved, StoreError,
    side_by_side,
};

/// A backup opened to be looked at; its file is left as it is.
pub struct Inside {
    /// What it holds.
    pub carnet: Carnet,
    /// Dropped after it is closed.
    _copy: Scratch,
}

impl Inside {
    /// Opens a backup of this carnet, through a copy, which an older one may need to be brought up to date.
    pub fn look(carnet: &Carnet, backup: &Path) -> Result<Self, ExchangeError> {
        let register = &carnet.writer().register;
        let copy = Scratch::in_data_folder(register)?;
        let file = copy.path().join("backup.carnet");
        regular::metadata(backup)
            .and_then(|_| fs::copy(backup, &file))
            .map_err(ExchangeError::io(backup))?;
        let inside = carnet.open_with_same_key(&file, carnet.writer().clone())?;
        if inside.family()? != carnet.family()? {
            return Err(MergeError::OtherFamily(backup.to_owned()).into());
        }
        Ok(Self {
            carnet: inside,
            _copy: copy,
        })
    }

    /// How a record of the backup stands beside the carnet of today.
    pub fn state(&self, carnet: &Carnet, record: &Record) -> Result<State, StoreError> {
        match today(carnet, record)? {
            None => Ok(State::Gone),
            Some(now) if now.is_erased => Ok(State::Erased),
            Some(now) if now.is_deleted => {
                let reference = now.reference_to_self();
                let is_united = carnet.standing(&reference)? != reference;
                Ok(if is_united {
                    State::United
                } else {
                    State::Gone
                })
            }
            Some(now) => {
                let is_same = now.fields == record.fields
                    && now.level == record.level
                    && now.field_levels == record.field_levels;
                Ok(if is_same { State::Same } else { State::Changed })
            }
        }
    }

    /// Some of the records of the backup, each with how it stands beside the carnet of today, and how many in all.
    pub fn listed(
        &self,
        carnet: &Carnet,
        request: &ListRequest,
        which: Which,
    ) -> Result<(Vec<(Record, State)>, i64), StoreError> {
        let beside = |record: Record| -> Result<(Record, State), StoreError> {
            let state = self.state(carnet, &record)?;
            Ok((record, state))
        };
        if which == Which::All {
            let page = self.carnet.list(request)?;
            let records = page.records.into_iter().map(beside);
            return Ok((records.collect::<Result<_, _>>()?, page.total));
        }
        let mut differing = Vec::new();
        self.each(request, |record| {
            let one = beside(record)?;
            if one.1 != State::Same {
                differing.push(one);
            }
            Ok(())
        })?;
        let total = i64::try_from(differing.len()).unwrap_or(i64::MAX);
        let (skip, take) = (request.offset.max(0), request.limit.max(0));
        let page = differing
            .into_iter()
            .skip(usize::try_from(skip).unwrap_or(usize::MAX))
            .take(usize::try_from(take).unwrap_or(usize::MAX));
        Ok((page.collect(), total))
    }

    /// The same in every kind of record, one kind after the other; of `request`, its own kind does not matter.
    pub fn listed_of_all_kinds(
        &self,
        carnet: &Carnet,
        request: &ListRequest,
        which: Which,
    ) -> Result<(Vec<(Record, State)>, i64), StoreError> {
        let (mut all, mut total) = (Vec::new(), 0);
        for def in ENTITIES {
            let found = i64::try_from(all.len()).unwrap_or(i64::MAX);
            let of_kind = ListRequest {
                entity: def.name.to_owned(),
                offset: (request.offset - total).max(0),
                limit: (request.limit - found).max(0),
                ..request.clone()
            };
            let (page, of_it) = self.listed(carnet, &of_kind, which)?;
            all.extend(page);
            total += of_it;
        }
        Ok((all, total))
    }

    /// Gives every record of a list, in pages.
    fn each(
        &self,
        request: &ListRequest,
        mut give: impl FnMut(Record) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut request = ListRequest {
            offset: 0,
            limit: AT_ONCE,
            ..request.clone()
        };
        loop {
            let page = self.carnet.list(&request)?;
            let is_last = page.records.len() < usize::try_from(AT_ONCE).unwrap_or_default();
            for record in page.records {
                give(record)?;
            }
            if is_last {
                return Ok(());
            }
            request.offset += AT_ONCE;
        }
    }

    /// What a record of the backup holds, field by field, beside what the carnet of today does; nothing of one that
    /// was erased since.
    pub fn values(&self, carnet: &Carnet, record: &RecordRef) -> Result<RecordChanges, StoreError> {
        let then = self.carnet.get(record)?;
        let now = today(carnet, &then)?;
        let title = self.carnet.title(&then)?;
        Ok(side_by_side(now.as_ref(), &then, title))
    }
}

/// How a record of a backup is today; none when it is nowhere.
fn today(carnet: &Carnet, then: &Record) -> Result<Option<Record>, StoreError> {
    match carnet.get(&then.reference_to_self()) {
        Ok(now) => Ok(Some(now)),
        Err(StoreError::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Records read at once.
const AT_ONCE: i64 = 500;

/// Which records of a backup are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All of them.
    All,
    /// Those that are no longer as they were.
    Differing,
}

/// What is brought back of a backup.
#[derive(Debug, Clone, Copy)]
pub enum Wanted<'a> {
    /// All that it holds.
    Everything,
    /// These records.
    These(&'a [RecordRef]),
}

/// How a record of a backup stands beside the carnet of today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "BackupState")]
pub enum State {
    /// It is the same.
    Same,
    /// It changed since.
    Changed,
    /// It is in the bin, or nowhere.
    Gone,
    /// It was erased since on a person's request, for ever.
    Erased,
    /// It was united since with another one, which stands for both.
    United,
}

/// What was brought back.
#[derive(Debug)]
pub struct Restored {
    /// The records brought back, and the commit; none when nothing differed.
    pub saved: Saved,
    /// Those that were not, each with why.
    pub refused: Vec<(RecordRef, StoreError)>,
}

/// Brings back records of a backup, or all of them, as one commit; what was made since stays.
///
/// What was erased or united since is passed over, and what a rule refuses is told; one alone is refused with its
/// error.
pub fn restore(
    carnet: &mut Carnet,
    inside: &Inside,
    wanted: Wanted<'_>,
    label: &str,
) -> Result<Restored, ExchangeError> {
    let mut edits = Vec::new();
    let mut bring = |carnet: &Carnet, record: &Record| -> Result<State, StoreError> {
        let state = inside.state(carnet, record)?;
        match state {
            State::Same | State::Erased | State::United => {}
            State::Changed | State::Gone => edits.push(edit_back(carnet, record)?),
        }
        Ok(state)
    };
    let is_alone = matches!(wanted, Wanted::These([_]));
    match wanted {
        Wanted::These(records) => {
            for record in records {
                let state = bring(carnet, &inside.carnet.get(record)?)?;
                if is_alone && matches!(state, State::Erased | State::United) {
                    return Err(StoreError::NotFound(record.clone()).into());
                }
            }
        }
        Wanted::Everything => {
            for def in ENTITIES {
                let request = ListRequest::of(def.name, AT_ONCE).sort("id", false);
                inside.each(&request, |record| bring(carnet, &record).map(|_| ()))?;
            }
        }
    }
    let records: Vec<Option<RecordRef>> = edits.iter().map(record_of).collect();
    let (saved, refused) = carnet.save_what_can_be(Edits {
        edits,
        label: label.to_owned(),
    })?;
    let mut told = Vec::new();
    for (place, error) in refused {
        if is_alone {
            return Err(error.into());
        }
        if let Some(Some(record)) = records.get(place) {
            told.push((record.clone(), error));
        }
    }
    Ok(Restored {
        saved,
        refused: told,
    })
}

/// The record that an edit of a stable row is about.
fn record_of(edit: &Edit) -> Option<RecordRef> {
    match edit.row {
        RowName::Stable(id) | RowName::Existing(id) => Some(RecordRef::new(&edit.entity, id)),
        RowName::New => None,
    }
}

/// The edit that makes a record what it was.
fn edit_back(carnet: &Carnet, then: &Record) -> Result<Edit, StoreError> {
    let now = today(carnet, then)?;
    let mut edit = Edit::of(then.entity, RowName::Stable(then.id));
    let keys = |record: &Record| record.fields.keys().cloned().collect::<Vec<_>>();
    let mut names = keys(then);
    names.extend(now.iter().flat_map(keys));
    for name in names {
        let value: Option<Value> = then.fields.get(&name).cloned();
        edit.fields.insert(name, value);
    }
    edit.levels.insert("*".to_owned(), then.level);
    let fields = then
        .field_levels
        .keys()
        .chain(now.iter().flat_map(|record| record.field_levels.keys()));
    for field in fields {
        edit.levels
            .insert(field.clone(), then.field_levels.get(field).copied());
    }
    edit.is_deleted = now.is_some_and(|record| record.is_deleted).then_some(false);
    Ok(edit)
}

#[cfg(test)]
mod tests {
    use super::super::backup::make;
    use super::*;
    use crate::testing::{self, writer};

    fn save(carnet: &mut Carnet, edit: Edit) -> RecordRef {
        testing::save(carnet, edit).rows.remove(0)
    }

    #[test]
    fn everything_is_brought_back_but_what_was_erased_or_united_since() {
        let folder = tempfile::tempdir().unwrap();
        let writer = writer(folder.path());
        let path = folder.path().join("massif.carnet");
        let backups = folder.path().join("backups");
        let mut carnet = Carnet::create(&path, None, writer.clone()).unwrap();
        let person = |name: &str| Edit::of("person", RowName::New).set("last_name", name);
        let tag = |name: &str| Edit::of("tag", RowName::New).set("label_fr", name);
        let erased = save(&mut carnet, person("Béal"));
        let (kept, twin) = (
            save(&mut carnet, tag("Bois")),
            save(&mut carnet, tag("bois")),
        );
        let other = save(&mut carnet, tag("Laine"));
        let backup = make(&carnet, "massif", &backups, writer.clock.now()).unwrap();

        carnet.erase(&erased, "effacement").unwrap();
        let stands = carnet
            .unite(&kept, &twin, "réunion")
            .unwrap()
            .rows
            .remove(0);
        let (kept, twin) = if stands == kept {
            (kept, twin)
        } else {
            (twin, kept)
        };
        let lin = Edit::of("tag", RowName::Existing(other.id)).set("label_fr", "Lin");
        save(&mut carnet, lin);
        let inside = Inside::look(&carnet, &backup.path).unwrap();
        let restored = restore(&mut carnet, &inside, Wanted::Everything, "reprise").unwrap();
        assert!(restored.saved.commit.is_some());
        assert_eq!(carnet.get(&other).unwrap().text("label_fr"), Some("Laine"));
        assert!(carnet.get(&erased).unwrap().is_erased);
        assert_eq!(carnet.standing(&twin).unwrap(), kept);

        // Nothing differs any more: no commit, and no useless change, however often it is asked.
        let again = restore(&mut carnet, &inside, Wanted::Everything, "reprise").unwrap();
        assert_eq!((again.saved.commit, again.refused.len()), (None, 0));
        for (record, state) in [(&erased, State::Erased), (&twin, State::United)] {
            let then = inside.carnet.get(record).unwrap();
            assert_eq!(inside.state(&carnet, &then).unwrap(), state);
            let only = Wanted::These(std::slice::from_ref(record));
            let alone = restore(&mut carnet, &inside, only, "reprise");
            assert!(alone.is_err(), "{record}");
        }
    }

    #[test]
    fn a_record_that_a_rule_refuses_is_told_and_the_others_come_back() {
        use crate::model::Level;
        let folder = tempfile::tempdir().unwrap();
        let writer = writer(folder.path());
        let path = folder.path().join("massif.carnet");
        let mut carnet = Carnet::create(&path, None, writer.clone()).unwrap();
        let person = save(
            &mut carnet,
            Edit::of("person", RowName::New).set("last_name", "Béal"),
        );
        let consent = Edit::of("consent", RowName::New)
            .set("granted_by", person.id.to_string().as_str())
            .set("purpose", "publish")
            .set("status", "granted");
        let consent = save(&mut carnet, consent);
        let edit = |record: &RecordRef| Edit::of(&record.entity, RowName::Existing(record.id));
        let leveled = |level| {
            let mut edit = edit(&person);
            edit.levels.insert("profile".into(), level);
            edit
        };
        save(&mut carnet, leveled(Some(Level::Public)));
        let tag = save(
            &mut carnet,
            Edit::of("tag", RowName::New).set("label_fr", "Laine"),
        );
        let backups = folder.path().join("backups");
        let backup = make(&carnet, "massif", &backups, writer.clock.now()).unwrap();
        save(&mut carnet, leveled(None));
        save(&mut carnet, edit(&tag).set("label_fr", "Lin"));
        carnet.erase(&consent, "effacement").unwrap();
        let inside = Inside::look(&carnet, &backup.path).unwrap();
        let restored = restore(&mut carnet, &inside, Wanted::Everything, "reprise").unwrap();
        let refused: Vec<&RecordRef> = restored.refused.iter().map(|(one, _)| one).collect();
        assert_eq!(refused, [&person], "{:?}", restored.refused);
        assert_eq!(restored.saved.rows, std::slice::from_ref(&tag));
        assert_eq!(carnet.get(&tag).unwrap().text("label_fr"), Some("Laine"));
        assert_eq!(carnet.get(&person).unwrap().field_levels.len(), 0);
        assert_eq!(carnet.check().unwrap().damages, []);
    }

    #[test]
    fn only_what_differs_is_listed_with_its_values_then_and_now_and_the_chosen_ones_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let writer = writer(folder.path());
        let path = folder.path().join("massif.carnet");
        let mut carnet = Carnet::create(&path, None, writer.clone()).unwrap();
        let person = |name: &str| Edit::of("person", RowName::New).set("last_name", name);
        let edit = |record: &RecordRef| Edit::of(&record.entity, RowName::Existing(record.id));
        let people: Vec<RecordRef> = ["Albe", "Béal", "Cros", "Dury"]
            .map(|name| save(&mut carnet, person(name)))
            .into();
        let organisation = Edit::of("organisation", RowName::New)
            .set("name", "Albe et fils")
            .set("organisation_type", "group")
            .set("country", "FR");
        save(&mut carnet, organisation);
        let backups = folder.path().join("backups");
        let backup = make(&carnet, "massif", &backups, writer.clock.now()).unwrap();
        save(
            &mut carnet,
            edit(&people[1])
                .set("last_name", "Béal-Roux")
                .set("first_name", "Ida"),
        );
        carnet.delete(&people[2], "ménage").unwrap();
        save(&mut carnet, edit(&people[3]).set("last_name", "Dury-Faure"));
        let inside = Inside::look(&carnet, &backup.path).unwrap();

        let request = ListRequest::of("person", 2);
        let (page, total) = inside.listed(&carnet, &request, Which::Differing).unwrap();
        assert_eq!((page.len(), total), (2, 3));
        let all = inside.listed(&carnet, &ListRequest::of("person", 10), Which::Differing);
        let mut states: Vec<_> = all
            .unwrap()
            .0
            .iter()
            .map(|(one, state)| (one.id, *state))
            .collect();
        states.sort_by_key(|(id, _)| *id);
        let expected = [State::Changed, State::Gone, State::Changed];
        let mut expected: Vec<_> = people[1..].iter().map(|one| one.id).zip(expected).collect();
        expected.sort_by_key(|(id, _)| *id);
        assert_eq!(states, expected);
        assert_eq!(inside.listed(&carnet, &request, Which::All).unwrap().1, 4);
        let pages = [0, 2, 4].map(|offset| {
            let request = ListRequest {
                offset,
                ..ListRequest::of("tag", 2)
            };
            let all = inside.listed_of_all_kinds(&carnet, &request, Which::All);
            let (page, total) = all.unwrap();
            let kinds: Vec<_> = page.iter().map(|(one, _)| one.entity).collect();
            (kinds, total)
        });
        let [first, second, third] = pages;
        assert_eq!(first, (vec!["organisation", "person"], 5));
        assert_eq!(second, (vec!["person", "person"], 5));
        assert_eq!(third, (vec!["person"], 5));

        let values = inside.values(&carnet, &people[1]).unwrap();
        let told: Vec<_> = values
            .fields
            .iter()
            .map(|one| (one.field.as_str(), one.before.clone(), one.after.clone()))
            .collect();
        let text = |text: &str| Some(Value::from(text));
        assert!(
            told.contains(&("last_name", text("Béal-Roux"), text("Béal"))),
            "{told:?}"
        );
        assert!(
            told.contains(&("first_name", text("Ida"), None)),
            "{told:?}"
        );
        let gone = inside.values(&carnet, &people[2]).unwrap();
        assert!(gone.fields.iter().any(|one| one.field == "deleted"));

        let wanted = [people[0].clone(), people[1].clone(), people[2].clone()];
        let restored = restore(&mut carnet, &inside, Wanted::These(&wanted), "reprise").unwrap();
        assert_eq!(restored.saved.rows.len(), 2);
        let name = |carnet: &Carnet, of: &RecordRef| {
            carnet
                .get(of)
                .unwrap()
                .text("last_name")
                .map(ToOwned::to_owned)
        };
        assert_eq!(name(&carnet, &people[1]).as_deref(), Some("Béal"));
        assert!(!carnet.get(&people[2]).unwrap().is_deleted);
        assert_eq!(name(&carnet, &people[3]).as_deref(), Some("Dury-Faure"));

        carnet.erase(&people[3], "effacement").unwrap();
        assert_eq!(inside.values(&carnet, &people[3]).unwrap().fields, []);
    }
}
