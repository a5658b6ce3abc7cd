//! Agreement and money: the one definition of each entity of domain.md §6.6.
//!
//! How a line is written, and what else a field takes: ARCHITECTURE.md.

use super::super::entity::entity;
use super::prelude::*;

entity! {
    /// Memory of the project (p61) (domain.md §6.6).
    Agreement AgreementPatch "agreement" Beneficiary title [title] {
        main {
            project: Ref(Project) [required brief];
            kind: Enum(AgreementKind) @ Network [required brief];
            title: Text [required brief];
            version: Text;
            status: Enum(AgreementStatus) @ Network [required brief];
            parties: Refs(Organisation) [brief];
            lead: Ref(Organisation);
            scheme: Ref(Scheme);
            language: Text;
            starts_on: Date;
            ends_on: Date;
            signed_on: Date @ Network [brief];
            all_signed: Bool;
            total_budget: Eur;
            covers_last_payment: Bool;
            document: Ref(Document);
        }
        review {
            review_asked_on: Date;
            reviewed_on: Date;
            checks: Ref(Checklist);
            review_summary: Long;
            review_sent_on: Date;
        }
    }
}

entity! {
    /// Missing item and its risk (p61) (domain.md §6.6).
    AgreementGap AgreementGapPatch "agreement_gap" Beneficiary title [description] {
        main {
            agreement: Ref(Agreement) [required brief];
            check: Ref(ChecklistItem) [brief];
            passage: Text [brief];
            gap_kind: Enum(GapKind) [required brief];
            description: Long [required brief];
            risk: Long [required brief];
            risk_head: Enum(RiskHead);
            suggestion: Long;
            answer: Enum(Response);
        }
    }
}

entity! {
    /// Bodies and rules (p62, p63, p69) (domain.md §6.6).
    SteeringBody SteeringBodyPatch "steering_body" Network title [name] {
        main {
            name: Text [required brief];
            kind: Enum(BodyKind) [required brief];
            project: Ref(Project) [brief];
            organisation: Ref(Organisation) [brief];
            members: Refs(Organisation) [brief];
            frequency: Text [brief];
            decision_rules: Long;
            tools_text: Long;
        }
    }
}

entity! {
    /// Dated frame, all content ‡ (p8) (domain.md §6.6).
    Scheme SchemePatch "scheme" Public title [name] {
        main {
            name: Text [required brief];
            cooperation_type: Enum(CooperationType) [brief];
            programming_period: Text [brief];
            territory: Ref(Territory) [brief];
            authority: Ref(Organisation) [brief];
            valid_from: Date [brief];
            valid_to: Date;
            max_rate: Num;
            legal_reference: Text;
            rules: Long;
            eligible_costs: Enums(CostKind);
            source_text: Text;
            verified_on: Date;
        }
    }
}

entity! {
    /// Application to one funder (p63, p66) (domain.md §6.6).
    Funding FundingPatch "funding" Beneficiary title [scheme funder] {
        main {
            project: Ref(Project) [required brief];
            scheme: Ref(Scheme) [brief];
            funder: Ref(Organisation) [brief];
            applicant: Ref(Organisation);
            stage: Enum(FundingStage);
            status: Enum(FundingStatus) [required brief];
            amount_requested: Eur [brief];
            amount_granted: Eur [brief];
            funder_meeting_on: Date;
            filed_on: Date [brief];
            acknowledged_on: Date;
            eligible_from: Date;
            decided_on: Date;
            payment_requested_on: Date;
            paid_on: Date;
            pieces: Ref(Checklist);
        }
    }
}

entity! {
    /// Ligne du plan de financement (domain.md §6.6).
    BudgetLine BudgetLinePatch "budget_line" Beneficiary title [label] {
        main {
            project: Ref(Project) [required brief];
            side: Enum(BudgetSide) [required brief];
            label: Text [required brief];
            cost_kind: Enum(CostKind) [brief];
            organisation: Ref(Organisation) [brief];
            action: Ref(ProjectAction);
            funding: Ref(Funding);
            amount: Eur [required brief];
            is_eligible: Bool;
            quote: Ref(Quote);
        }
    }
}
