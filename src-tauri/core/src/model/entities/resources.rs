//! Resources, watch, networks, publications, survey: the one definition of each entity of domain.md §6.8.
//!
//! How a line is written, and what else a field takes: ARCHITECTURE.md.

use super::super::entity::entity;
use super::prelude::*;

entity! {
    /// Resource space (p23, p32, p43) (domain.md §6.8).
    Resource ResourcePatch "resource" Network title [title] {
        main {
            title: Text [required brief];
            kind: Enum(ResourceKind) [required brief];
            summary: Long [brief];
            document: Ref(Document) [brief];
            link: Text [brief];
            author: Text [brief];
            is_own: Bool;
            language: Text;
            themes: Refs(Tag);
            steps: Enums(SupportStep);
            step_sections: Steps;
            cooperation_type: Enum(CooperationType);
            answers: Enums(ObstacleKind);
            capitalisation_level: Enum(CapitalisationLevel);
            published_on: Date;
            checked_on: Date;
        }
    }
}

entity! {
    /// (p23) (domain.md §6.8).
    WatchSource WatchSourcePatch "watch_source" Network title [name] {
        main {
            name: Text [required brief];
            kind: Enum(SourceKind) [required brief];
            organisation: Ref(Organisation) [brief];
            address: Text [brief];
            frequency: Text [brief];
            last_read_on: Date [brief];
            keywords: Refs(WatchKeyword);
            is_active: Bool;
        }
    }
}

entity! {
    /// (p23) (domain.md §6.8).
    WatchKeyword WatchKeywordPatch "watch_keyword" Network title [word] {
        main {
            word: Text [required brief];
            language: Text [brief];
            theme: Ref(Tag) [brief];
            is_active: Bool [brief];
        }
    }
}

entity! {
    /// (p23, p24) (domain.md §6.8).
    WatchItem WatchItemPatch "watch_item" Network title [title] {
        main {
            title: Text [required brief];
            source: Ref(WatchSource) [brief];
            nature: Enum(WatchNature) [required brief];
            summary: Long [brief];
            link: Text;
            found_on: Date [required brief];
            published_on: Date;
            deadline: Date;
            purposes: Enums(WatchPurpose) @ Private;
            keywords: Refs(WatchKeyword);
            themes: Refs(Tag);
            territories: Refs(Territory);
            status: Enum(WatchStatus) [required brief];
            resource: Ref(Resource);
        }
    }
}

entity! {
    /// Who received what (p24, p55) (domain.md §6.8).
    Diffusion DiffusionPatch "diffusion" Network title [subject sent_on] {
        main {
            subject: AnyRef [required brief];
            sent_on: Date [required brief];
            medium: Enum(Medium) [required brief];
            audience: Enum(Audience) [required brief];
            organisations: Refs(Organisation) @ Beneficiary [brief];
            recipients: Refs(Person) @ Private [brief];
            publication: Ref(Publication);
            message: Long @ Beneficiary;
        }
    }
}

entity! {
    /// (p25) (domain.md §6.8).
    Network NetworkPatch "network" Network title [name] {
        main {
            name: Text [required brief];
            kind: Enum(NetworkKind) [required brief];
            level: Enum(MeetingLevel) [brief];
            head: Ref(Organisation) [brief];
            members: Refs(Organisation) [brief];
            themes: Refs(Tag) [brief];
            officer_role: Text;
            joined_on: Date;
            website: Text;
        }
    }
}

entity! {
    /// Missions 5 and 6 (domain.md §6.8).
    NetworkContribution NetworkContributionPatch "network_contribution" Network title [description] {
        main {
            network: Ref(Network) [required brief];
            kind: Enum(ContributionKind) [required brief];
            date: Date [required brief];
            description: Text [required brief];
            event: Ref(Event) [brief];
            document: Ref(Document) [brief];
            duration_min: Min @ Private;
        }
    }
}

entity! {
    /// U once `published` (p67, p71) (domain.md §6.8).
    Publication PublicationPatch "publication" Network title [title] {
        main {
            title: Text [required brief];
            kind: Enum(PublicationKind) [required brief];
            medium: Enum(Medium) [brief];
            status: Enum(PublicationStatus) [required brief];
            objective: Long [brief];
            target_public: Long [brief];
            language: Text;
            project: Ref(Project);
            organisations: Refs(Organisation);
            persons: Refs(Person);
            consents: Refs(Consent) @ Private;
            published_on: Date;
            link: Text;
            document: Ref(Document);
        }
        content {
            introduction: Long;
            context: Long;
            body: Long;
            actions_text: Long;
            results: Long;
            know_how: Long;
            lessons: Long;
            advice: Long;
            quotation: Long;
            capitalisation_level: Enum(CapitalisationLevel);
            items: Refs(WatchItem);
            offers: Refs(Offer);
            resources: Refs(Resource);
            events: Refs(Event);
        }
    }
}

entity! {
    /// (p19, p21) (domain.md §6.8).
    Survey SurveyPatch "survey" Network title [title] {
        main {
            title: Text [required brief];
            purpose: Long [required brief];
            target_public: Long [brief];
            questions: Long [brief];
            channel: Enum(Channel) [brief];
            sent_on: Date;
            deadline: Date [required brief];
            recipient_count: Int;
            state: Enum(WorkState);
            analysis_progress: Long;
            analysis_leads: Long;
            analysis_recurring: Long;
            analysis_atypical: Long @ Private;
            analysis_first: Long @ Private;
        }
    }
}

entity! {
    /// (p19) (domain.md §6.8).
    SurveyResponse SurveyResponsePatch "survey_response" Private title [organisation received_on] {
        main {
            survey: Ref(Survey) [required brief];
            organisation: Ref(Organisation) [brief];
            person: Ref(Person) [brief];
            received_on: Date [required brief];
            answers: Long [brief];
            starting_situation: Enum(StartingSituation) [brief];
            leads_text: Long;
            subjects: Enums(SupportSubject);
            critical_reading: Long;
        }
    }
}
