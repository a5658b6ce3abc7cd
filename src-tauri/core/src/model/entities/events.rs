//! Events: the one definition of each entity of domain.md §6.5.
//!
//! How a line is written, and what else a field takes: ARCHITECTURE.md.

use super::super::entity::entity;
use super::prelude::*;

entity! {
    /// Meeting, committee, training, delegation (p44–47, p57) (domain.md §6.5).
    Event EventPatch "event" Network title [title] {
        main {
            title: Text [required brief];
            kind: Enum(EventKind) [required brief];
            status: Enum(MeetingStatus) [required brief];
            starts_at: DateTime [required brief];
            ends_at: DateTime [brief];
            place: Text [brief];
            level: Enum(MeetingLevel) [brief];
            training_level: Enum(TrainingLevel);
            host: Ref(Organisation);
            project: Ref(Project) [brief];
            support: Ref(Support) @ Private;
            network: Ref(Network);
            mission_axis: Enum(MissionAxis) @ Private;
            officer_min: Min @ Private;
            attendee_count: Int;
            private_notes: Long @ Locked;
        }
        preparation {
            aim: Long @ Network;
            acquired: Long @ Beneficiary;
            open_questions: Long @ Beneficiary;
            fears: Long @ Beneficiary;
            debated_topics: Long @ Beneficiary;
            outside_speakers: Refs(Person) @ Beneficiary;
            witnesses: Refs(Person) @ Beneficiary;
            arguments: Refs(Argument) @ Beneficiary;
            say_first: Long @ Beneficiary;
            relaunch_questions: Long @ Beneficiary;
            closing_message: Long @ Beneficiary;
        }
        delegation {
            delegation_text: Long @ Beneficiary;
            partner_needs: Long @ Beneficiary;
            visited: Refs(Organisation);
            languages: Languages;
            interpreting: Text;
            points_to_settle: Long @ Beneficiary;
        }
        review {
            review_done_on: Date;
            review_next_step: Long;
            review_next_date: Date;
        }
    }
}

entity! {
    /// Line of the running order (p93) (domain.md §6.5).
    AgendaItem AgendaItemPatch "agenda_item" Network title [title] {
        main {
            event: Ref(Event) [required brief];
            position: Int [required brief];
            start_time: Time [brief];
            duration_min: Min [brief];
            part: Enum(InterventionPart) @ Beneficiary [brief];
            title: Text [required brief];
            speaker: Ref(Person);
            objective: Long @ Beneficiary;
            content: Long @ Beneficiary;
            method: Long @ Beneficiary;
            materials: Text @ Beneficiary;
        }
    }
}

entity! {
    /// Before and after (p45, p46) (domain.md §6.5).
    EventObjective EventObjectivePatch "event_objective" Network title [objective] {
        main {
            event: Ref(Event) [required brief];
            objective: Text [required brief];
            expected_result: Text [brief];
            achieved: Enum(Appraisal) [brief];
            cause: Long [brief];
        }
    }
}
