//! Every entity of the carnet, one definition each, by section of domain.md §6.

mod agreement;
mod events;
mod follow_up;
mod partners;
mod post;
mod projects;
mod resources;
mod support;
mod value;

pub use agreement::*;
pub use events::*;
pub use follow_up::*;
pub use partners::*;
pub use post::*;
pub use projects::*;
pub use resources::*;
pub use support::*;
pub use value::*;

/// What the definitions name.
mod prelude {
    pub(super) use super::super::enumerations::*;
    pub(super) use super::*;
}

use super::entity::{Entity, EntityDef};

/// Every entity, in the order of domain.md §6.
pub static ENTITIES: &[&EntityDef] = &[
    Mission::DEF,
    Territory::DEF,
    Organisation::DEF,
    IdentitySheet::DEF,
    Person::DEF,
    Affiliation::DEF,
    Consent::DEF,
    Document::DEF,
    Tag::DEF,
    Request::DEF,
    Support::DEF,
    Session::DEF,
    Attendance::DEF,
    Need::DEF,
    Obstacle::DEF,
    Proposal::DEF,
    Decision::DEF,
    Task::DEF,
    Introduction::DEF,
    SkillProgress::DEF,
    Project::DEF,
    ProjectAction::DEF,
    Participation::DEF,
    Means::DEF,
    CooperationRecord::DEF,
    ProjectChange::DEF,
    Validation::DEF,
    Offer::DEF,
    OfferMatch::DEF,
    OfferReply::DEF,
    ContactAttempt::DEF,
    PartnerCriterion::DEF,
    PartnerRating::DEF,
    Quote::DEF,
    Event::DEF,
    AgendaItem::DEF,
    EventObjective::DEF,
    Agreement::DEF,
    AgreementGap::DEF,
    SteeringBody::DEF,
    Scheme::DEF,
    Funding::DEF,
    BudgetLine::DEF,
    ChecklistTemplate::DEF,
    ChecklistTemplateItem::DEF,
    Checklist::DEF,
    ChecklistItem::DEF,
    Evaluation::DEF,
    EvaluationQuestion::DEF,
    Indicator::DEF,
    AddedValue::DEF,
    Argument::DEF,
    Resource::DEF,
    WatchSource::DEF,
    WatchKeyword::DEF,
    WatchItem::DEF,
    Diffusion::DEF,
    Network::DEF,
    NetworkContribution::DEF,
    Publication::DEF,
    Survey::DEF,
    SurveyResponse::DEF,
    WorkLog::DEF,
    StatusChange::DEF,
    DistinctPair::DEF,
    ExportRecord::DEF,
    ActivityReport::DEF,
];
