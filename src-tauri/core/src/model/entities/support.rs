//! Support: the one definition of each entity of domain.md §6.2.
//!
//! How a line is written, and what else a field takes: ARCHITECTURE.md.

use super::super::entity::entity;
use super::prelude::*;

entity! {
    /// What is asked, verbatim (p31) (domain.md §6.2).
    Request RequestPatch "request" Beneficiary title [wording] {
        main {
            received_on: Date [required brief];
            channel: Enum(Channel) [required brief];
            organisation: Ref(Organisation) [brief];
            person: Ref(Person) [brief];
            wording: Long [required brief];
            subjects: Enums(SupportSubject) [brief];
            is_quick: Bool;
            status: Enum(RequestStatus) [required brief];
            answered_on: Date;
            answer: Long;
            redirected_to: Ref(Organisation);
            support: Ref(Support);
            private_notes: Long @ Locked;
        }
    }
}

entity! {
    /// One person's specific needs (p29) (domain.md §6.2).
    Support SupportPatch "support" Beneficiary title [title] {
        main {
            title: Text [required brief];
            organisation: Ref(Organisation) [required brief];
            beneficiaries: Refs(Person) [required brief];
            collective_with: Refs(Organisation);
            origin_request: Ref(Request);
            projects: Refs(Project);
            status: Enum(SupportStatus) [required brief];
            opened_on: Date [required brief];
            closed_on: Date;
            stop_reason: Enum(StopReason) @ Private;
            stop_note: Long @ Private;
            continued_as: Ref(Support);
            private_notes: Long @ Locked;
        }
        frame {
            format: Enum(SupportFormat) [required brief];
            rhythm: Enum(SupportRhythm);
            timing: Enum(SupportTiming);
            modes: Enums(SessionMode);
            planned_duration_min: Min;
            calendar: Text;
            is_charged: Bool;
            fee: Eur;
            contour: Long [brief];
            contributions: Enums(SupportContribution);
            exclusions: Long [brief];
            alternatives: Long;
            officer_commitments: Long;
            beneficiary_commitments: Long;
            oral_commitment_on: Date;
            subjects: Enums(SupportSubject);
            steps: Enums(SupportStep);
            follow_up_slot: Text;
        }
    }
}

entity! {
    /// One working time or quick help (p29, p34) (domain.md §6.2).
    Session SessionPatch "session" Beneficiary title [topic kind starts_at] {
        main {
            kind: Enum(SessionKind) [required brief];
            support: Ref(Support) [brief];
            request: Ref(Request);
            projects: Refs(Project);
            status: Enum(MeetingStatus) [required brief];
            starts_at: DateTime [required brief];
            mode: Enum(SessionMode) [brief];
            channel: Enum(Channel);
            place: Text [brief];
            duration_min: Min [brief];
            preparation_min: Min @ Private;
            travel_min: Min @ Private;
            objectives: Long;
            agenda: Long;
        }
        content {
            moments: Enums(SupportMoment);
            steps: Enums(SupportStep);
            step_sections: Steps;
            topic: Text [brief];
            progress_made: Long;
            difficulties: Long @ Private;
            context_changes: Long;
            terms_used: Long @ Private;
            coherence_check: Long @ Private;
            tensions: Long @ Locked;
            method_used: Long;
            resources_given: Refs(Resource);
            offers_brought: Refs(Offer);
            arguments_heard: Refs(Argument) @ Private;
        }
        closing {
            points_treated: Long;
            points_left: Long;
            next_step: Long;
            next_session_on: DateTime;
            record_sent_on: Date;
            logged_on: Date;
            private_notes: Long @ Locked;
        }
    }
}

entity! {
    /// Who was there, in a session or event (domain.md §6.2).
    Attendance AttendancePatch "attendance" Beneficiary title [person role] {
        main {
            session: Ref(Session) [brief];
            event: Ref(Event) [brief];
            person: Ref(Person) [required brief];
            organisation: Ref(Organisation);
            role: Enum(AttendanceRole) [required brief];
            was_present: Bool [brief];
            frame_restated_on: Date [brief];
            stance: Enum(AttendeeStance) @ Locked;
        }
    }
}

entity! {
    /// The three readings kept apart (p31, p32) (domain.md §6.2).
    Need NeedPatch "need" Beneficiary title [expressed] {
        main {
            support: Ref(Support);
            session: Ref(Session);
            expressed: Long [required brief];
            perceived: Long @ Private [brief];
            reformulated: Long [brief];
            agreed_on: Date;
            subject: Enum(SupportSubject) [brief];
            step: Enum(SupportStep);
            status: Enum(NeedStatus) [required brief];
        }
    }
}

entity! {
    /// What holds back and the answer brought (p34) (domain.md §6.2).
    Obstacle ObstaclePatch "obstacle" Private title [kind description] {
        main {
            kind: Enum(ObstacleKind) [required brief];
            description: Long [brief];
            support: Ref(Support);
            session: Ref(Session);
            project: Ref(Project);
            step: Enum(SupportStep);
            is_anticipated: Bool;
            noted_on: Date [required brief];
            answer: Long [brief];
            answer_resources: Refs(Resource);
            answer_arguments: Refs(Argument);
            result: Enum(ObstacleResult) [brief];
            result_on: Date;
        }
    }
}

entity! {
    /// Option suggested by the officer (p81) (domain.md §6.2).
    Proposal ProposalPatch "proposal" Beneficiary title [wording] {
        main {
            support: Ref(Support) [required brief];
            session: Ref(Session);
            wording: Long [required brief];
            alternatives: Long [brief];
            proposed_on: Date [required brief];
            response: Enum(Response) [brief];
            decision: Ref(Decision);
        }
    }
}

entity! {
    /// Choice of the beneficiary or their body (p81) (domain.md §6.2).
    Decision DecisionPatch "decision" Beneficiary title [wording] {
        main {
            wording: Long [required brief];
            decided_by: Refs(Person) [required brief];
            body: Ref(SteeringBody);
            decided_on: Date [required brief];
            support: Ref(Support);
            session: Ref(Session);
            event: Ref(Event);
            project: Ref(Project) [brief];
        }
    }
}

entity! {
    /// Next step, reminder, slot (p34) (domain.md §6.2).
    Task TaskPatch "task" Beneficiary title [title] {
        main {
            title: Text [required brief];
            kind: Enum(TaskKind) [required brief];
            owner: Ref(Person) [required brief];
            due_on: Date [brief];
            recurrence: Text;
            state: Enum(WorkState) [required brief];
            done_on: Date;
            subject: AnyRef [brief];
            session: Ref(Session);
            support: Ref(Support);
            project: Ref(Project);
        }
    }
}

entity! {
    /// Link or referral (p43, p55, p81) (domain.md §6.2).
    Introduction IntroductionPatch "introduction" Beneficiary title [kind for_organisation] {
        main {
            kind: Enum(IntroductionKind) [required brief];
            for_person: Ref(Person);
            for_organisation: Ref(Organisation) [required brief];
            to_person: Ref(Person) [brief];
            to_organisation: Ref(Organisation) [brief];
            reason: Long [required brief];
            status: Enum(IntroductionStatus) [required brief];
            explained_on: Date;
            consent: Ref(Consent) [brief];
            made_on: Date;
            result: Long;
            support: Ref(Support);
            session: Ref(Session);
            project: Ref(Project);
        }
    }
}

entity! {
    /// Know-how named by the beneficiary (p67) (domain.md §6.2).
    SkillProgress SkillProgressPatch "skill_progress" Private title [skill] {
        main {
            person: Ref(Person) [required brief];
            support: Ref(Support) [brief];
            project: Ref(Project) [brief];
            noted_on: Date [required brief];
            skill: Text [required brief];
            choice_made: Long [brief];
            evidence: Long;
            named_by: Ref(Person);
            consent: Ref(Consent);
        }
    }
}
