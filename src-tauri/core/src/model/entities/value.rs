//! Checklists, evaluation, value: the one definition of each entity of domain.md §6.7.
//!
//! How a line is written, and what else a field takes: ARCHITECTURE.md.

use super::super::entity::entity;
use super::prelude::*;

entity! {
    /// Dated and editable; never code (domain.md §6.7).
    ChecklistTemplate ChecklistTemplatePatch "checklist_template" Public title [title] {
        main {
            title: Text [required brief];
            target: Enum(ChecklistTarget) [required brief];
            phase: Enum(ProjectPhase) [brief];
            scheme: Ref(Scheme) [brief];
            valid_from: Date [brief];
            valid_to: Date [brief];
            version: Text;
            is_builtin: Bool;
        }
    }
}

entity! {
    /// Point de modèle (domain.md §6.7).
    ChecklistTemplateItem ChecklistTemplateItemPatch "checklist_template_item" Public title [label_fr] {
        main {
            template: Ref(ChecklistTemplate) [required brief];
            position: Int [required brief];
            label_fr: Text [required brief];
            label_en: Text [brief];
            guidance: Long [brief];
            reference: Text [brief];
            is_critical: Bool;
            must_verify: Bool;
        }
    }
}

entity! {
    /// Template applied to a record; labels copied (domain.md §6.7).
    Checklist ChecklistPatch "checklist" Beneficiary title [template subject] {
        main {
            template: Ref(ChecklistTemplate) [required brief];
            subject: AnyRef [required brief];
            started_on: Date [brief];
        }
    }
}

entity! {
    /// Point vérifié (domain.md §6.7).
    ChecklistItem ChecklistItemPatch "checklist_item" Beneficiary title [label] {
        main {
            checklist: Ref(Checklist) [required brief];
            position: Int [required brief];
            label: Text [required brief];
            state: Enum(CheckState) [required brief];
            comment: Long [brief];
            checked_on: Date [brief];
            document: Ref(Document);
        }
    }
}

entity! {
    /// Plan and follow-up (p72–74) (domain.md §6.7).
    Evaluation EvaluationPatch "evaluation" Beneficiary title [project] {
        main {
            project: Ref(Project) [required brief];
            purpose: Long [brief];
            moments: Enums(EvaluationMoment) [brief];
            obligations: Long [brief];
            stakeholders: Long [brief];
            followup_system: Long [brief];
            is_outsourced: Bool;
            contractor: Text;
            immaterial_gains: Long;
            conclusions: Long;
            state: Enum(WorkState);
        }
    }
}

entity! {
    /// Question évaluative (domain.md §6.7).
    EvaluationQuestion EvaluationQuestionPatch "evaluation_question" Beneficiary title [question] {
        main {
            evaluation: Ref(Evaluation) [required brief];
            question: Text [required brief];
            criterion: Text [brief];
            position: Int [brief];
        }
    }
}

entity! {
    /// (p51, p73) (domain.md §6.7).
    Indicator IndicatorPatch "indicator" Beneficiary title [label] {
        main {
            project: Ref(Project) [required brief];
            evaluation_question: Ref(EvaluationQuestion) [brief];
            label: Text [required brief];
            indicator_type: Enum(IndicatorType) [required brief];
            unit: Text [brief];
            baseline: Text [brief];
            target: Text;
            current: Text;
            measured_on: Date;
            moment: Enum(EvaluationMoment);
            source_text: Text;
            responsible: Ref(Person);
        }
    }
}

entity! {
    /// (p66) (domain.md §6.7).
    AddedValue AddedValuePatch "added_value" Network title [description] {
        main {
            project: Ref(Project) [required brief];
            head: Enum(AddedValueHead) [required brief];
            description: Long [required brief];
            without_cooperation: Long [brief];
            proof: Long [brief];
            noted_on: Date [brief];
        }
    }
}

entity! {
    /// (p34, p45, p66) worded without naming where it was heard (domain.md §6.7).
    Argument ArgumentPatch "argument" Network title [wording] {
        main {
            wording: Long [required brief];
            family: Enum(ArgumentFamily) [brief];
            aimed_at: Enums(PersonProfile) [brief];
            answers: Enums(ObstacleKind) [brief];
            example: Long [brief];
            project: Ref(Project) [brief];
            witness: Ref(Person) @ Beneficiary;
            source_text: Text;
            origin_session: Ref(Session) @ Locked;
        }
    }
}
