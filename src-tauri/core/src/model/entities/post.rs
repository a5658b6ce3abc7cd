//! Post, organisations, people: the one definition of each entity of domain.md §6.1.
//!
//! How a line is written, and what else a field takes: ARCHITECTURE.md.

use super::super::entity::entity;
use super::prelude::*;

entity! {
    /// Settings of the post; one active (p11, p19, p21, p30, p81) (domain.md §6.1).
    Mission MissionPatch "mission" Network title [post_title] {
        main {
            officer: Ref(Person) [required brief];
            post_title: Text @ Public [required brief];
            host_name: Text @ Public [required brief];
            territory: Ref(Territory) [brief];
            target_public: Long @ Public [brief];
            purposes: Long;
            priorities: Long @ Private;
            means_text: Long;
            available_days: Num;
            starts_on: Date [brief];
            ends_on: Date;
            logo: File @ Public;
        }
        offer {
            offer_text: Long @ Public [brief];
            contributions: Enums(SupportContribution) @ Public;
            officer_commitments: Long @ Public;
            beneficiary_commitments: Long @ Public;
            exclusions: Long @ Public [brief];
            rhythms: Enums(SupportRhythm) @ Public;
            modes: Enums(SessionMode) @ Public;
            is_charged: Bool @ Public;
            fee_conditions: Long @ Public;
            contact_text: Text @ Public;
        }
        settings {
            request_alert_days: Int @ Private;
            small_count_threshold: Int @ Private;
            retention_years: Int @ Private;
            ui_language: Text @ Private;
        }
    }
}

entity! {
    /// Geographic reference or free perimeter (domain.md §6.1).
    Territory TerritoryPatch "territory" Public title [name] {
        main {
            name: Text [required brief];
            kind: Enum(TerritoryKind) [required brief];
            country: Country [required brief];
            insee_code: Text [brief];
            siren: Text;
            nuts_code: Text;
            parent: Ref(Territory) [brief];
            components: Refs(Territory) [brief];
            character: Enum(TerritoryCharacter);
            population: Int [brief];
            reference_year: Int;
            map: File;
        }
    }
}

entity! {
    /// Any GST: supported, partner, funder, expert body (p19, p32, p48, p54) (domain.md §6.1).
    Organisation OrganisationPatch "organisation" Network title [name] {
        main {
            name: Text @ Public [required brief];
            acronym: Text @ Public [brief];
            organisation_type: Enum(OrganisationType) @ Public [required brief];
            subtype: Enum(OrganisationSubtype) @ Public [brief];
            roles: Enums(OrganisationRole) @ Beneficiary;
            partner_type: Enum(PartnerType);
            territory: Ref(Territory) [brief];
            address: Text;
            country: Country @ Public [required brief];
            siren: Text @ Public;
            website: Text @ Public [brief];
        }
        profile {
            history: Long;
            strategy: Long;
            issues: Long;
            strengths: Long;
            innovative_projects: Long;
            programmes: Refs(Scheme);
            themes: Refs(Tag);
            seeks: Long;
            offers_text: Long;
            languages: Languages;
        }
        reading {
            starting_situation: Enum(StartingSituation) @ Private;
            mission_priority: Enum(Priority) @ Locked;
            internal_rules: Long @ Beneficiary;
            private_notes: Long @ Locked;
        }
    }
}

entity! {
    /// Presentation by language (p56) (domain.md §6.1).
    IdentitySheet IdentitySheetPatch "identity_sheet" Network title [organisation language] {
        main {
            organisation: Ref(Organisation) [required brief];
            language: Text [required brief];
            version_on: Date [brief];
            presentation: Long [brief];
            location_text: Long [brief];
            population_text: Text [brief];
            history: Long;
            strategy_issues: Long;
            strengths: Long;
            projects_text: Long;
            cooperation_text: Long;
            themes_text: Long;
            seeks: Long;
            offers_text: Long;
            languages: Languages;
            means_text: Long;
            contact_text: Text;
            photos: Refs(Document);
            approved_on: Date;
        }
    }
}

entity! {
    /// Anyone met; a name shows only where the field that links to it may show (domain.md §6.1).
    Person PersonPatch "person" Beneficiary title [first_name last_name] {
        main {
            last_name: Text @ Network [required brief];
            first_name: Text @ Network [brief];
            profile: Enum(PersonProfile) [brief];
            is_officer: Bool;
            email: Text @ Private [brief];
            phone: Text @ Private [brief];
            languages: Languages [brief];
            cooperation_experience: Long @ Private;
            expectations: Long @ Private;
            private_notes: Long @ Locked;
        }
        witness {
            is_witness: Bool @ Network [brief];
            witness_topics: Long @ Beneficiary;
            speaking_skill: Enum(SkillLevel) @ Locked;
            capitalisation_skill: Enum(SkillLevel) @ Locked;
        }
    }
}

entity! {
    /// Position in a GST (p31, p61) (domain.md §6.1).
    Affiliation AffiliationPatch "affiliation" Beneficiary title [person organisation] {
        main {
            person: Ref(Person) [required brief];
            organisation: Ref(Organisation) [required brief];
            function: Text [brief];
            is_main: Bool [brief];
            is_decision_maker: Bool [brief];
            starts_on: Date [brief];
            ends_on: Date;
        }
    }
}

entity! {
    /// One purpose, one giver (p43, p67, p71) (domain.md §6.1).
    Consent ConsentPatch "consent" Beneficiary title [purpose granted_by] {
        main {
            granted_by: Ref(Person) [required brief];
            on_behalf_of: Ref(Organisation) [brief];
            purpose: Enum(ConsentPurpose) [required brief];
            subject: AnyRef [brief];
            audience: Enum(Audience) [brief];
            scope: Long;
            channel: Enum(Channel);
            status: Enum(ConsentStatus) [required brief];
            asked_on: Date;
            granted_on: Date [brief];
            expires_on: Date [brief];
            withdrawn_on: Date;
            proof: Ref(Document);
        }
    }
}

entity! {
    /// Attached or paper file (p24, p34) (domain.md §6.1).
    Document DocumentPatch "document" Beneficiary title [title] {
        main {
            title: Text [required brief];
            kind: Enum(DocumentKind) [required brief];
            file: File;
            paper_location: Text [brief];
            date: Date [brief];
            author: Text [brief];
            language: Text;
            version: Text;
            subjects: AnyRefs [brief];
        }
    }
}

entity! {
    /// Themes and free tags (domain.md §6.1).
    Tag TagPatch "tag" Public title [label_fr] {
        main {
            label_fr: Text [required brief];
            label_en: Text [brief];
            is_theme: Bool [brief];
            parent: Ref(Tag) [brief];
        }
    }
}
