//! Where the cells of a row go: the fields of a record, of the records that it links to, and of those about it.

use crate::model::{EntityDef, FieldDef, FieldKind, close_to, entity_def};

/// A column that identifies a record without being kept in it, such as a file number.
pub(super) const EXTERNAL_ID: &str = "external_id";
/// A column that holds the first and the last name of a person.
pub(super) const FULL_NAME: &str = "full_name";
/// A column whose postcode ends the address of an organisation.
pub(super) const POSTCODE: &str = "postcode";
/// Before a long field: the cell is added to it under the name of its column.
pub(super) const REST: char = '+';

/// Records that are about another one, and come with it in one row of a list.
const COMPANIONS: [(&str, &str, &str); 2] = [
    ("organisation", "identity_sheet", "organisation"),
    ("person", "affiliation", "person"),
];

/// What one cell says about the record of its node.
#[derive(Debug, Clone, Copy)]
pub(super) enum Says {
    /// The value of a field.
    Value(&'static FieldDef),
    /// Something for a long field, under the name of the column.
    Rest(&'static FieldDef),
    /// Which record it is, and nothing else.
    ExternalId,
    /// First and last name of a person.
    FullName,
    /// The end of an address.
    Postcode,
}

/// One column that fills a node.
#[derive(Debug, Clone, Copy)]
pub(super) struct Filled {
    pub(super) column: usize,
    pub(super) says: Says,
}

/// A record linked by a field.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) field: &'static FieldDef,
    pub(super) node: Node,
}

/// A record about the record of a node, which its `field` names.
#[derive(Debug)]
pub(super) struct Companion {
    pub(super) field: &'static str,
    pub(super) node: Node,
}

/// A record of a row, and those around it.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) def: &'static EntityDef,
    pub(super) filled: Vec<Filled>,
    pub(super) links: Vec<Link>,
    pub(super) companions: Vec<Companion>,
}

/// A name that no field of the entity answers to.
#[derive(Debug)]
pub(super) struct UnknownTarget {
    pub(super) suggestions: Vec<String>,
}

impl Node {
    /// A record that no column fills yet.
    pub(super) fn of(def: &'static EntityDef) -> Self {
        Self {
            def,
            filled: Vec::new(),
            links: Vec::new(),
            companions: Vec::new(),
        }
    }

    /// Makes a column fill a target: `field`, `link.field`, `+long_field` or one of the names above.
    pub(super) fn add(&mut self, target: &str, column: usize) -> Result<(), UnknownTarget> {
        let unknown = |def: &EntityDef, name: &str| UnknownTarget {
            suggestions: close_to(name, def.fields.iter().map(|field| field.name)),
        };
        let (head, rest) = match target.split_once('.') {
            Some((head, rest)) => (head, Some(rest)),
            None => (target, None),
        };
        if let (Some(field), None) = (head.strip_prefix(REST), rest) {
            let field = self
                .def
                .field(field)
                .filter(|field| matches!(field.kind, FieldKind::Long))
                .ok_or_else(|| unknown(self.def, head))?;
            self.fill(column, Says::Rest(field));
            return Ok(());
        }
        match (self.def.field(head), rest) {
            (Some(field), rest) if field.kind.target().is_some() => {
                let entity = field.kind.target().and_then(entity_def);
                let def = entity.ok_or_else(|| unknown(self.def, head))?;
                let rest = match rest {
                    Some(rest) => rest,
                    None => naming_target(def).ok_or_else(|| unknown(self.def, head))?,
                };
                self.link(field, def).add(rest, column)
            }
            (Some(field), None) => {
                self.fill(column, Says::Value(field));
                Ok(())
            }
            (None, Some(rest)) => match self.companion(head) {
                Some(node) => node.add(rest, column),
                None => Err(unknown(self.def, head)),
            },
            (None, None) => {
                let says = match (head, self.def.name) {
                    (EXTERNAL_ID, _) => Says::ExternalId,
                    (FULL_NAME, "person") => Says::FullName,
                    (POSTCODE, "organisation") => Says::Postcode,
                    _ => return Err(unknown(self.def, head)),
                };
                self.fill(column, says);
                Ok(())
            }
            (Some(_), Some(_)) => Err(unknown(self.def, target)),
        }
    }

    fn fill(&mut self, column: usize, says: Says) {
        self.filled.push(Filled { column, says });
    }

    /// The node of a link: one for a single link, one for each column of a set.
    fn link(&mut self, field: &'static FieldDef, def: &'static EntityDef) -> &mut Self {
        let known = self
            .links
            .iter()
            .position(|link| link.field.name == field.name && !field.kind.is_list());
        let at = known.unwrap_or_else(|| {
            self.links.push(Link {
                field,
                node: Self::of(def),
            });
            self.links.len() - 1
        });
        &mut self.links[at].node
    }

    fn companion(&mut self, entity: &str) -> Option<&mut Self> {
        let (_, _, field) = COMPANIONS
            .iter()
            .find(|(of, companion, _)| *of == self.def.name && *companion == entity)?;
        let known = self
            .companions
            .iter()
            .position(|companion| companion.node.def.name == entity);
        let at = match known {
            Some(at) => at,
            None => {
                self.companions.push(Companion {
                    field,
                    node: Self::of(entity_def(entity)?),
                });
                self.companions.len() - 1
            }
        };
        Some(&mut self.companions[at].node)
    }

    /// Two columns that fill a field of one value, if any: the field and both columns.
    pub(super) fn doubly_filled(&self) -> Option<(&'static str, usize, usize)> {
        let single = |filled: &Filled| match filled.says {
            Says::Value(field) if !is_joined(field.kind) => Some(field.name),
            Says::ExternalId => Some(EXTERNAL_ID),
            Says::FullName => Some(FULL_NAME),
            _ => None,
        };
        for (at, later) in self.filled.iter().enumerate() {
            let Some(name) = single(later) else { continue };
            if let Some(first) = self.filled[..at]
                .iter()
                .find(|earlier| single(earlier) == Some(name))
            {
                return Some((name, first.column, later.column));
            }
        }
        let links = self.links.iter().map(|link| &link.node);
        let companions = self.companions.iter().map(|companion| &companion.node);
        links.chain(companions).find_map(Self::doubly_filled)
    }

    /// Whether a column says something of this field, directly or through a link.
    pub(super) fn fills(&self, field: &str) -> bool {
        let direct = self.filled.iter().any(|filled| match filled.says {
            Says::Value(filled) | Says::Rest(filled) => filled.name == field,
            Says::FullName => matches!(field, "last_name" | "first_name"),
            Says::Postcode => field == "address",
            Says::ExternalId => field == EXTERNAL_ID,
        });
        direct || self.links.iter().any(|link| link.field.name == field)
    }

    /// The first column that says something of this field.
    pub(super) fn column_of(&self, field: &str) -> Option<usize> {
        let direct = self.filled.iter().find(|filled| match filled.says {
            Says::Value(filled) | Says::Rest(filled) => filled.name == field,
            Says::FullName => matches!(field, "last_name" | "first_name"),
            Says::Postcode => field == "address",
            Says::ExternalId => field == EXTERNAL_ID,
        });
        let linked = || {
            let link = self.links.iter().find(|link| link.field.name == field)?;
            link.node.first_column()
        };
        direct.map(|filled| filled.column).or_else(linked)
    }

    /// The first column of the record or of one around it.
    pub(super) fn first_column(&self) -> Option<usize> {
        let own = self.filled.first().map(|filled| filled.column);
        own.or_else(|| self.links.iter().find_map(|link| link.node.first_column()))
    }
}

/// Whether several columns may fill one field of this kind: their cells are joined.
pub(super) fn is_joined(kind: FieldKind) -> bool {
    kind.is_words() || kind.is_list()
}

/// The target by which records of an entity are named in a list.
pub(super) fn naming_target(def: &EntityDef) -> Option<&'static str> {
    if def.name == "person" {
        return Some(FULL_NAME);
    }
    let first = *def.title.first()?;
    def.field(first)
        .filter(|field| field.kind.is_words())
        .map(|field| field.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn organisation() -> Node {
        Node::of(entity_def("organisation").unwrap())
    }

    #[test]
    fn two_columns_of_one_link_describe_one_record_and_two_of_a_set_describe_two() {
        let mut node = Node::of(entity_def("project").unwrap());
        node.add("organisation.name", 0).unwrap();
        node.add("organisation.siren", 1).unwrap();
        node.add("territories", 2).unwrap();
        node.add("territories.insee_code", 3).unwrap();
        assert_eq!(node.links.len(), 3);
        assert_eq!(node.column_of("organisation"), Some(0));
    }

    #[test]
    fn an_unknown_field_is_refused_with_what_looks_like_it() {
        let refused = organisation().add("nam", 0).unwrap_err();
        assert_eq!(refused.suggestions, ["name"]);
        assert!(organisation().add("address.town", 0).is_err());
        assert!(organisation().add("project.title", 0).is_err());
        assert!(organisation().add("+name", 0).is_err());
        assert!(organisation().add("+history", 0).is_ok());
    }

    #[test]
    fn texts_of_two_columns_are_joined_and_single_values_are_not() {
        let mut node = organisation();
        node.add("address", 0).unwrap();
        node.add("address", 1).unwrap();
        assert!(node.doubly_filled().is_none());
        node.add("country", 2).unwrap();
        node.add("country", 5).unwrap();
        assert_eq!(node.doubly_filled(), Some(("country", 2, 5)));
    }
}
