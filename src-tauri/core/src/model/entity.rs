//! How an entity is written once: from its definition follow the struct, the patch, the columns, the
//! validation, the labels' keys and the default confidentiality.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::entities::ENTITIES;
use super::enumeration::EnumDef;
use super::level::Level;
use super::record::{FieldMap, Record};

/// What a field holds (the types of domain.md §6).
#[derive(Debug, Clone, Copy)]
pub enum FieldKind {
    /// One line of text.
    Text,
    /// Text of any length.
    Long,
    /// A day, ISO 8601.
    Date,
    /// A time of day, `HH:MM`.
    Time,
    /// A local date and time, `YYYY-MM-DDTHH:MM`.
    DateTime,
    /// A whole number.
    Int,
    /// A number.
    Num,
    /// Yes or no.
    Bool,
    /// An amount in euros, to the cent.
    Eur,
    /// A duration in whole minutes.
    Min,
    /// Path of an attached file.
    File,
    /// A country, ISO 3166 alpha-2.
    Country,
    /// Languages, ISO 639 codes.
    Languages,
    /// Steps of support, codes of domain.md §5.
    Steps,
    /// One value of an enumeration.
    Enum(&'static EnumDef),
    /// Several values of an enumeration.
    Enums(&'static EnumDef),
    /// One record of the named entity.
    Ref(&'static str),
    /// Several records of the named entity.
    Refs(&'static str),
    /// One record of any entity.
    AnyRef,
    /// Several records of any entity.
    AnyRefs,
}

impl FieldKind {
    /// Whether the field is a set, each element added and removed on its own.
    pub fn is_list(self) -> bool {
        matches!(
            self,
            Self::Languages | Self::Steps | Self::Enums(_) | Self::Refs(_) | Self::AnyRefs
        )
    }

    /// Whether the field holds words that search finds.
    pub fn is_words(self) -> bool {
        matches!(self, Self::Text | Self::Long)
    }

    /// The entity that the field refers to, when it is one only.
    pub fn target(self) -> Option<&'static str> {
        match self {
            Self::Ref(entity) | Self::Refs(entity) => Some(entity),
            _ => None,
        }
    }

    /// The enumeration of the field.
    pub fn enumeration(self) -> Option<&'static EnumDef> {
        match self {
            Self::Enum(def) | Self::Enums(def) => Some(def),
            _ => None,
        }
    }

    /// Name of the kind in the generated types.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Long => "long",
            Self::Date => "date",
            Self::Time => "time",
            Self::DateTime => "datetime",
            Self::Int => "int",
            Self::Num => "num",
            Self::Bool => "bool",
            Self::Eur => "eur",
            Self::Min => "min",
            Self::File => "file",
            Self::Country => "country",
            Self::Languages => "languages",
            Self::Steps => "steps",
            Self::Enum(_) => "enum",
            Self::Enums(_) => "enums",
            Self::Ref(_) => "ref",
            Self::Refs(_) => "refs",
            Self::AnyRef => "any_ref",
            Self::AnyRefs => "any_refs",
        }
    }
}

/// One field of an entity.
#[derive(Debug)]
pub struct FieldDef {
    /// Name in the code, the database and the exchange files.
    pub name: &'static str,
    /// What it holds.
    pub kind: FieldKind,
    /// Its own level, when it differs from the record's (rule C1).
    pub level: Option<Level>,
    /// The fold of the form that it belongs to.
    pub group: &'static str,
    /// Whether a record cannot be created without it.
    pub is_required: bool,
    /// Whether a record opens on it, before the rest is unfolded.
    pub is_brief: bool,
}

/// One entity of domain.md §6.
#[derive(Debug)]
pub struct EntityDef {
    /// Name in the code, the database and the exchange files.
    pub name: &'static str,
    /// Default level of its records.
    pub level: Level,
    /// Fields whose values make the title of a record.
    pub title: &'static [&'static str],
    /// Its fields, in the order of forms and exports.
    pub fields: &'static [FieldDef],
}

impl EntityDef {
    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&'static FieldDef> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Names of the folds, in order.
    pub fn groups(&self) -> Vec<&'static str> {
        let mut groups: Vec<&'static str> = Vec::new();
        for field in self.fields {
            if !groups.contains(&field.group) {
                groups.push(field.group);
            }
        }
        groups
    }
}

/// A typed record of one entity.
pub trait Entity: Sized {
    /// Name of the entity.
    const NAME: &'static str;
    /// Its definition.
    const DEF: &'static EntityDef;
    /// What an edit may change.
    type Patch: Default;
    /// The typed form of a record; values that this version cannot read are left out.
    fn from_record(record: &Record) -> Self;
    /// The fields that a patch sets.
    fn patch_fields(patch: Self::Patch) -> FieldMap;
}

/// The definition of the entity of this name.
pub fn entity_def(name: &str) -> Option<&'static EntityDef> {
    static BY_NAME: OnceLock<HashMap<&'static str, &'static EntityDef>> = OnceLock::new();
    BY_NAME
        .get_or_init(|| ENTITIES.iter().map(|def| (def.name, *def)).collect())
        .get(name)
        .copied()
}

/// The names of all entities.
pub fn entity_names() -> impl Iterator<Item = &'static str> {
    ENTITIES.iter().map(|def| def.name)
}

/// Defines an entity: struct, patch and definition from one list of fields.
macro_rules! entity {
    (
        $(#[$meta:meta])*
        $Type:ident $Patch:ident $name:literal $level:ident title [$($title:ident)+] {
            $( $group:ident {
                $( $field:ident : $kind:ident $(($target:ident))? $(@ $own:ident)? $([$($flag:ident)+])? ; )+
            } )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $Type {
            /// Identity of the row.
            pub id: crate::model::Id<$Type>,
            $( $(
                #[doc = concat!("Field `", stringify!($field), "`; its label is the message `field.", $name, ".", stringify!($field), "`.")]
                pub $field: entity!(@read $kind $($target)?),
            )+ )+
            /// Keywords.
            pub tags: Vec<crate::model::RowId>,
        }

        #[doc = concat!("What an edit of a `", $name, "` may change; a field left out stays as it is.")]
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct $Patch {
            $( $(
                #[doc = concat!("New value of `", stringify!($field), "`.")]
                pub $field: Option<entity!(@read $kind $($target)?)>,
            )+ )+
        }

        impl crate::model::Entity for $Type {
            const NAME: &'static str = $name;
            const DEF: &'static crate::model::EntityDef = &crate::model::EntityDef {
                name: $name,
                level: crate::model::Level::$level,
                title: &[$(stringify!($title)),+],
                fields: &[
                    $( $(
                        crate::model::FieldDef {
                            name: stringify!($field),
                            kind: entity!(@kind $kind $($target)?),
                            level: entity!(@level $($own)?),
                            group: stringify!($group),
                            is_required: entity!(@flag required $($($flag)+)?),
                            is_brief: entity!(@flag brief $($($flag)+)?),
                        },
                    )+ )+
                    crate::model::FieldDef {
                        name: "tags",
                        kind: crate::model::FieldKind::Refs("tag"),
                        level: None,
                        group: "record",
                        is_required: false,
                        is_brief: false,
                    },
                ],
            };
            type Patch = $Patch;

            fn from_record(record: &crate::model::Record) -> Self {
                Self {
                    id: crate::model::Id::of(record.id),
                    $( $( $field: crate::model::record::read(record, stringify!($field)), )+ )+
                    tags: crate::model::record::read(record, "tags"),
                }
            }

            fn patch_fields(patch: $Patch) -> crate::model::FieldMap {
                let mut fields = crate::model::FieldMap::new();
                $( $(
                    if let Some(value) = patch.$field {
                        fields.insert(stringify!($field).to_owned(), crate::model::record::write(value));
                    }
                )+ )+
                fields
            }
        }
    };

    (@read Text) => { Option<String> };
    (@read Long) => { Option<String> };
    (@read Date) => { Option<chrono::NaiveDate> };
    (@read Time) => { Option<chrono::NaiveTime> };
    (@read DateTime) => { Option<chrono::NaiveDateTime> };
    (@read Int) => { Option<i64> };
    (@read Num) => { Option<f64> };
    (@read Bool) => { Option<bool> };
    (@read Eur) => { Option<f64> };
    (@read Min) => { Option<i64> };
    (@read File) => { Option<String> };
    (@read Country) => { Option<String> };
    (@read Languages) => { Vec<String> };
    (@read Steps) => { Vec<String> };
    (@read Enum $target:ident) => { Option<crate::model::record::Code<$target>> };
    (@read Enums $target:ident) => { Vec<crate::model::record::Code<$target>> };
    (@read Ref $target:ident) => { Option<crate::model::Id<$target>> };
    (@read Refs $target:ident) => { Vec<crate::model::Id<$target>> };
    (@read AnyRef) => { Option<crate::model::RecordRef> };
    (@read AnyRefs) => { Vec<crate::model::RecordRef> };

    (@kind Enum $target:ident) => { crate::model::FieldKind::Enum(<$target as crate::model::Enumeration>::DEF) };
    (@kind Enums $target:ident) => { crate::model::FieldKind::Enums(<$target as crate::model::Enumeration>::DEF) };
    (@kind Ref $target:ident) => { crate::model::FieldKind::Ref(<$target as crate::model::Entity>::NAME) };
    (@kind Refs $target:ident) => { crate::model::FieldKind::Refs(<$target as crate::model::Entity>::NAME) };
    (@kind $kind:ident) => { crate::model::FieldKind::$kind };

    (@level) => { None };
    (@level $own:ident) => { Some(crate::model::Level::$own) };

    (@flag required required $($rest:ident)*) => { true };
    (@flag brief brief $($rest:ident)*) => { true };
    (@flag $wanted:ident $other:ident $($rest:ident)*) => { entity!(@flag $wanted $($rest)*) };
    (@flag $wanted:ident) => { false };
}
pub(super) use entity;
