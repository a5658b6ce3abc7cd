//! Follow-up and traces: the one definition of each entity of domain.md §6.9.
//!
//! How a line is written, and what else a field takes: ARCHITECTURE.md.

use super::super::entity::entity;
use super::prelude::*;

entity! {
    /// Time not already held by a session, event or contribution (domain.md §6.9).
    WorkLog WorkLogPatch "work_log" Private title [date mission_axis] {
        main {
            date: Date [required brief];
            mission_axis: Enum(MissionAxis) [required brief];
            duration_min: Min [required brief];
            description: Text [brief];
            subject: AnyRef [brief];
        }
    }
}

entity! {
    /// History of every status field (§4.0) (domain.md §6.9).
    StatusChange StatusChangePatch "status_change" Private title [subject field] {
        main {
            subject: AnyRef [required brief];
            field: Text [required brief];
            from_value: Text [brief];
            to_value: Text [required brief];
            changed_on: Date [required brief];
            reason: Long [brief];
            is_correction: Bool;
        }
    }
}

entity! {
    /// Two records that look alike and that the officer said are two.
    DistinctPair DistinctPairPatch "distinct_pair" Private title [one other] {
        main {
            one: AnyRef [required brief];
            other: AnyRef [required brief];
            noted_on: Date [brief];
        }
    }
}

entity! {
    /// What left the application (R26) (domain.md §6.9).
    ExportRecord ExportRecordPatch "export_record" Private title [document_code produced_at] {
        main {
            document_code: Text [required brief];
            audience: Enum(Audience) [required brief];
            recipients: Refs(Person) [brief];
            recipient_text: Text [brief];
            produced_at: DateTime [required brief];
            format: Enum(ExportFormat) [required brief];
            period_start: Date;
            period_end: Date;
            subjects: AnyRefs;
            withheld_count: Int;
            file_name: Text;
        }
    }
}

entity! {
    /// Qualitative part of D15 (p34, p81) (domain.md §6.9).
    ActivityReport ActivityReportPatch "activity_report" Network title [title] {
        main {
            title: Text [required brief];
            period_start: Date [required brief];
            period_end: Date [required brief];
            state: Enum(WorkState) [brief];
            introduction: Long [brief];
            difficulties_text: Long [brief];
            solutions_text: Long;
            arguments_text: Long;
            perspectives: Long;
        }
    }
}
