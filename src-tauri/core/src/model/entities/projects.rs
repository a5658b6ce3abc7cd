//! Projects: the one definition of each entity of domain.md §6.3.
//!
//! How a line is written, and what else a field takes: ARCHITECTURE.md.

use super::super::entity::entity;
use super::prelude::*;

entity! {
    /// One record from idea to sequel; level B while `idea` or `lead`†, N offered at `pre_project` (p19) (domain.md §6.3).
    Project ProjectPatch "project" Network title [title] {
        main {
            title: Text [required brief];
            organisation: Ref(Organisation) [required brief];
            maturity: Enum(ProjectMaturity) [required brief];
            phase: Enum(ProjectPhase) [required brief];
            status: Enum(ProjectStatus) [required brief];
            origin: Enum(Origin);
            cooperation_type: Enum(CooperationType) [brief];
            scale: Enum(CooperationScale) [brief];
            themes: Refs(Tag) [brief];
            territories: Refs(Territory);
            schemes: Refs(Scheme);
            starts_on: Date;
            ends_on: Date;
            calendar: Text;
            is_publishable: Bool;
            private_notes: Long @ Locked;
        }
        sheet {
            initial_wording: Long @ Beneficiary;
            wording: Long;
            expected_result: Long;
            objectives: Long;
            strategy_link: Long;
            links_other_actions: Long;
            partner_reason: Long;
            public_mobilised: Long;
            success_criteria: Long;
            beyond_public_aid: Long;
            envelope: Eur @ Beneficiary;
            rank: Int @ Beneficiary;
            rank_reason: Long @ Beneficiary;
            marks: Long @ Beneficiary;
            sheet_updated_on: Date;
        }
        communication {
            communication_objectives: Long @ Beneficiary;
            communication_publics: Long @ Beneficiary;
            communication_means: Long @ Beneficiary;
        }
        closing {
            results: Long;
            what_without: Long;
            sequel: Enum(ProjectSequel);
            sequel_note: Long;
            witnesses: Refs(Person) @ Beneficiary;
        }
    }
}

entity! {
    /// Strands, common and own actions (p51, p61–63) (domain.md §6.3).
    ProjectAction ProjectActionPatch "project_action" Network title [title] {
        main {
            project: Ref(Project) [required brief];
            kind: Enum(ActionKind) [required brief];
            title: Text [required brief];
            parent: Ref(ProjectAction);
            description: Long;
            purpose: Long;
            lead: Ref(Organisation) [brief];
            partners: Refs(Organisation);
            deliverable: Text;
            starts_on: Date [brief];
            ends_on: Date [brief];
            cost: Eur @ Beneficiary;
            funding: Ref(Funding) @ Beneficiary;
            state: Enum(WorkState) [brief];
        }
    }
}

entity! {
    /// Organisation in a project (p57, p62) (domain.md §6.3).
    Participation ParticipationPatch "participation" Network title [organisation role] {
        main {
            project: Ref(Project) [required brief];
            organisation: Ref(Organisation) [required brief];
            role: Enum(ParticipationRole) [required brief];
            contact: Ref(Person) @ Beneficiary [brief];
            responsibilities: Long [brief];
            means_brought: Long @ Beneficiary;
            expected_benefit: Long;
            administrative_frame: Long @ Beneficiary;
            authority: Ref(Organisation);
            joined_on: Date [brief];
            left_on: Date;
        }
    }
}

entity! {
    /// Resources of a GST or a lead (p32, p48, p49) (domain.md §6.3).
    Means MeansPatch "means" Beneficiary title [description] {
        main {
            organisation: Ref(Organisation) [brief];
            project: Ref(Project) [brief];
            kind: Enum(MeansKind) [required brief];
            description: Text [required brief];
            is_internal: Bool [brief];
            holder: Ref(Person) [brief];
            availability: Enum(Availability);
        }
    }
}

entity! {
    /// Inventory (p32, p48) (domain.md §6.3).
    CooperationRecord CooperationRecordPatch "cooperation_record" Network title [title] {
        main {
            organisation: Ref(Organisation) [required brief];
            title: Text [required brief];
            kind: Enum(CooperationRecordKind) [required brief];
            partners_text: Text [brief];
            countries: Text [brief];
            period: Text [brief];
            actors: Refs(Organisation);
            themes: Refs(Tag);
            lessons: Long @ Beneficiary;
            to_reopen: Bool @ Beneficiary;
        }
    }
}

entity! {
    /// (p24) (domain.md §6.3).
    ProjectChange ProjectChangePatch "project_change" Beneficiary title [description] {
        main {
            project: Ref(Project) [required brief];
            noticed_on: Date [required brief];
            scope: Enum(ChangeScope) [brief];
            description: Long [required brief];
            source: Enum(ChangeSource) [brief];
            session: Ref(Session) [brief];
        }
    }
}

entity! {
    /// Answer to D05 (p24) (domain.md §6.3).
    Validation ValidationPatch "validation" Beneficiary title [project organisation] {
        main {
            project: Ref(Project) [required brief];
            organisation: Ref(Organisation) [required brief];
            person: Ref(Person) [brief];
            status: Enum(ValidationStatus) [required brief];
            sent_on: Date [brief];
            due_on: Date [brief];
            answered_on: Date;
            corrections: Long;
            export: Ref(ExportRecord) @ Private;
        }
    }
}
