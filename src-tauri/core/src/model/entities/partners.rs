//! Partners and offers: the one definition of each entity of domain.md §6.4.
//!
//! How a line is written, and what else a field takes: ARCHITECTURE.md.

use super::super::entity::entity;
use super::prelude::*;

entity! {
    /// Own or received (p30, p55, p56) (domain.md §6.4).
    Offer OfferPatch "offer" Network title [title] {
        main {
            title: Text [required brief];
            direction: Enum(Direction) [required brief];
            status: Enum(OfferStatus) [required brief];
            issuer: Ref(Organisation) [brief];
            issuer_text: Text;
            country: Country [brief];
            project: Ref(Project);
            themes: Refs(Tag) [brief];
            cooperation_type: Enum(CooperationType);
            context: Long;
            objectives: Long;
            planned_actions: Long;
            partner_profile: Long;
            calendar: Text;
            budget: Eur;
            languages: Languages;
            contact_text: Text;
            issued_on: Date;
            deadline: Date [brief];
            link: Text;
            attachment: Ref(Document);
            source: Ref(WatchItem);
            original_language: Text;
            translation_of: Ref(Offer);
            reviewed_on: Date;
        }
    }
}

entity! {
    /// Offer ↔ supported GST or lead (p55) (domain.md §6.4).
    OfferMatch OfferMatchPatch "offer_match" Beneficiary title [offer organisation] {
        main {
            offer: Ref(Offer) [required brief];
            organisation: Ref(Organisation) [required brief];
            project: Ref(Project) [brief];
            matched_on: Enums(MatchCriterion) [brief];
            reasons: Long [brief];
            status: Enum(MatchStatus) [required brief];
            sent_on: Date;
        }
    }
}

entity! {
    /// Outgoing or incoming (p55, p56) (domain.md §6.4).
    OfferReply OfferReplyPatch "offer_reply" Beneficiary title [organisation offer] {
        main {
            offer: Ref(Offer) [required brief];
            direction: Enum(Direction) [required brief];
            organisation: Ref(Organisation) [required brief];
            project: Ref(Project) [brief];
            action_leads: Long [brief];
            questions: Long;
            meeting_proposal: Text;
            attention_points: Long;
            text: Long;
            language: Text;
            checks: Ref(Checklist);
            status: Enum(ReplyStatus) [required brief];
            sent_on: Date;
            answered_on: Date;
            contact_attempt: Ref(ContactAttempt);
        }
    }
}

entity! {
    /// One potential partner for one pre-project (p49, p54–56) (domain.md §6.4).
    ContactAttempt ContactAttemptPatch "contact_attempt" Beneficiary title [organisation project] {
        main {
            project: Ref(Project) [required brief];
            organisation: Ref(Organisation) [required brief];
            person: Ref(Person) [brief];
            contact_text: Text;
            origin: Enum(Origin) [required brief];
            offer: Ref(Offer);
            made_by: Ref(Person);
            status: Enum(ContactStatus) [required brief];
            first_contact_on: Date [brief];
            channel: Enum(Channel);
            message: Long;
            remind_on: Date [brief];
            last_reminder_on: Date;
            reminder_count: Int;
            replied_on: Date;
            reply: Long;
            next_action: Text;
            outcome: Enum(ContactOutcome);
            outcome_reason: Long;
        }
        known {
            partner_actions: Long;
            partner_issues: Long;
            contact_reason: Long;
            common_action_leads: Long;
            questions: Long;
            languages: Languages;
            travel_means: Long;
            administrative_constraints: Long;
            announced_calendar: Text;
            announced_budget: Eur;
        }
    }
}

entity! {
    /// Row of the grid (p54) (domain.md §6.4).
    PartnerCriterion PartnerCriterionPatch "partner_criterion" Beneficiary title [label] {
        main {
            project: Ref(Project) [required brief];
            head: Enum(CriterionHead) [required brief];
            facet: Enum(CriterionFacet) [brief];
            similarity: Enum(Similarity) [brief];
            label: Text [required brief];
            is_blocking: Bool [brief];
            position: Int;
        }
    }
}

entity! {
    /// Cell of the grid (domain.md §6.4).
    PartnerRating PartnerRatingPatch "partner_rating" Beneficiary title [criterion appraisal] {
        main {
            criterion: Ref(PartnerCriterion) [required brief];
            contact_attempt: Ref(ContactAttempt) [required brief];
            appraisal: Enum(Appraisal) [required brief];
            comment: Text [brief];
        }
    }
}

entity! {
    /// Translation, interpreting, trips (p55, p56, p63) (domain.md §6.4).
    Quote QuotePatch "quote" Beneficiary title [supplier cost_kind] {
        main {
            subject: AnyRef [required brief];
            cost_kind: Enum(CostKind) [required brief];
            supplier: Text [required brief];
            brief: Long [brief];
            shared_with: Refs(Organisation) [brief];
            asked_on: Date [brief];
            received_on: Date;
            amount: Eur;
            is_retained: Bool;
            document: Ref(Document);
        }
    }
}
