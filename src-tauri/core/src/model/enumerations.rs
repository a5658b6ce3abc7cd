//! Every enumeration of domain.md §7, one definition each.
//!
//! The codes are stored; their labels are in `ui/messages` under `enum.<name>.<code>`.

use super::enumeration::{EnumDef, Enumeration, enumeration};

enumeration! {
    /// `mission_axis` (domain.md §7).
    MissionAxis "mission_axis" closed {
        AdviseSupport "advise_support";
        IdentifyNeeds "identify_needs";
        MobiliseTools "mobilise_tools";
        Inform "inform";
        TakePartNetworks "take_part_networks";
        Website "website";
        Other "other";
    }
}

enumeration! {
    /// `organisation_subtype` (domain.md §7), an open list.
    OrganisationSubtype "organisation_subtype" open {
        Lag "lag";
        RegionalPark "regional_park";
        Intercommunality "intercommunality";
        PetrPays "petr_pays";
        Municipality "municipality";
        Department "department";
        Region "region";
        Association "association";
        Cluster "cluster";
        Chamber "chamber";
        PublicBody "public_body";
        PublicInterestGroup "public_interest_group";
        Company "company";
        Other "other";
    }
}

enumeration! {
    /// `organisation_role` (domain.md §7).
    OrganisationRole "organisation_role" closed {
        Supported "supported";
        PotentialPartner "potential_partner";
        Partner "partner";
        Funder "funder";
        ManagingAuthority "managing_authority";
        ExpertBody "expert_body";
        ResourceCentre "resource_centre";
        NetworkHead "network_head";
        MissionPartner "mission_partner";
    }
}

enumeration! {
    /// `territory_kind` (domain.md §7).
    TerritoryKind "territory_kind" closed {
        Municipality "municipality";
        Epci "epci";
        Department "department";
        Region "region";
        Country "country";
        LagArea "lag_area";
        RegionalPark "regional_park";
        PaysPetr "pays_petr";
        ForeignUnit "foreign_unit";
        Custom "custom";
    }
}

enumeration! {
    /// `person_profile` (domain.md §7), an open list.
    PersonProfile "person_profile" open {
        ElectedOfficial "elected_official";
        AssociationActor "association_actor";
        Entrepreneur "entrepreneur";
        ProjectOfficer "project_officer";
        DevelopmentAgent "development_agent";
        LeaderCoordinator "leader_coordinator";
        Inhabitant "inhabitant";
        Institution "institution";
        Other "other";
    }
}

enumeration! {
    /// `consent_purpose` (domain.md §7), an open list.
    ConsentPurpose "consent_purpose" open {
        PassOnContact "pass_on_contact";
        Testify "testify";
        Publish "publish";
        ShareWithPartners "share_with_partners";
        WidenSharing "widen_sharing";
        UseImage "use_image";
    }
}

enumeration! {
    /// `document_kind` (domain.md §7), an open list.
    DocumentKind "document_kind" open {
        Note "note";
        Received "received";
        Minutes "minutes";
        Presentation "presentation";
        Agreement "agreement";
        Quote "quote";
        Proof "proof";
        Photo "photo";
        Generated "generated";
        Other "other";
    }
}

enumeration! {
    /// `support_contribution` (domain.md §7).
    SupportContribution "support_contribution" closed {
        Method "method";
        Networking "networking";
        SteppingBack "stepping_back";
        PartnerFinding "partner_finding";
        Information "information";
        ExperienceSharing "experience_sharing";
        Training "training";
        Tools "tools";
        Professionalisation "professionalisation";
    }
}

enumeration! {
    /// `support_subject` (domain.md §7), an open list.
    SupportSubject "support_subject" open {
        Themes "themes";
        CommonActionIdeas "common_action_ideas";
        Offer "offer";
        PotentialPartners "potential_partners";
        Meeting "meeting";
        Agreements "agreements";
        Other "other";
    }
}

enumeration! {
    /// `support_step` (domain.md §7).
    SupportStep "support_step" closed {
        Emergence "emergence";
        PartnerFinding "partner_finding";
        Formalisation "formalisation";
        Closing "closing";
        NetworkingCommunication "networking_communication";
        Evaluation "evaluation";
    }
}

enumeration! {
    /// `stop_reason` (domain.md §7).
    StopReason "stop_reason" closed {
        NeedMet "need_met";
        HandedOver "handed_over";
        TurnedIntoOtherForm "turned_into_other_form";
        BeneficiaryUnavailable "beneficiary_unavailable";
        OutsideFrame "outside_frame";
        NotDriving "not_driving";
        NoFollowUp "no_follow_up";
    }
}

enumeration! {
    /// `attendance_role` (domain.md §7).
    AttendanceRole "attendance_role" closed {
        Beneficiary "beneficiary";
        DecisionMaker "decision_maker";
        Partner "partner";
        Colleague "colleague";
        Expert "expert";
        Witness "witness";
        Facilitator "facilitator";
        Interpreter "interpreter";
        Guest "guest";
    }
}

enumeration! {
    /// `obstacle_kind` (domain.md §7), an open list.
    ObstacleKind "obstacle_kind" open {
        NotConvinced "not_convinced";
        NoIdea "no_idea";
        DoesNotDare "does_not_dare";
        BadExperience "bad_experience";
        Time "time";
        HumanMeans "human_means";
        Funding "funding";
        Language "language";
        PoliticalBacking "political_backing";
        PartnersNotFound "partners_not_found";
        PartnerNeedMismatch "partner_need_mismatch";
        TooManyLeads "too_many_leads";
        CulturalDifferences "cultural_differences";
        AdministrativeConstraints "administrative_constraints";
        UnclearResponsibilities "unclear_responsibilities";
        ContactTurnover "contact_turnover";
        Distance "distance";
        WorriedBeneficiary "worried_beneficiary";
        NetworkCommunicationNeglected "network_communication_neglected";
        EvaluationNeglected "evaluation_neglected";
        Other "other";
    }
}

enumeration! {
    /// `task_kind` (domain.md §7).
    TaskKind "task_kind" closed {
        NextStep "next_step";
        Reminder "reminder";
        Preparation "preparation";
        FollowUpSlot "follow_up_slot";
        SendDocument "send_document";
        AskValidation "ask_validation";
        WatchSlot "watch_slot";
        Other "other";
    }
}

enumeration! {
    /// `introduction_kind` (domain.md §7).
    IntroductionKind "introduction_kind" closed {
        Introduction "introduction";
        ReferralExpert "referral_expert";
        ReferralResource "referral_resource";
        OtherSupport "other_support";
        Witness "witness";
    }
}

enumeration! {
    /// `origin` (domain.md §7).
    Origin "origin" closed {
        OwnIdea "own_idea";
        Workshop "workshop";
        OfferReceived "offer_received";
        ReplyToOwnOffer "reply_to_own_offer";
        Network "network";
        OtherSupport "other_support";
        Watch "watch";
        Meeting "meeting";
        ExistingLink "existing_link";
    }
}

enumeration! {
    /// `cooperation_type` (domain.md §7), an open list.
    CooperationType "cooperation_type" open {
        Leader "leader";
        TerritorialCooperation "territorial_cooperation";
        Cluster "cluster";
        Decentralised "decentralised";
        RegionalScheme "regional_scheme";
        Reciprocity "reciprocity";
        TownCountry "town_country";
        BetweenActors "between_actors";
        Other "other";
    }
}

enumeration! {
    /// `criterion_facet` (domain.md §7).
    CriterionFacet "criterion_facet" closed {
        PartnerType "partner_type";
        Location "location";
        History "history";
        Issue "issue";
        Knowledge "knowledge";
        Experience "experience";
        MethodSkill "method_skill";
        ThemeSkill "theme_skill";
        CooperationSkill "cooperation_skill";
        LanguageSkill "language_skill";
    }
}

enumeration! {
    /// `cost_kind` (domain.md §7), an open list.
    CostKind "cost_kind" open {
        Meeting "meeting";
        Transport "transport";
        Lodging "lodging";
        Interpreting "interpreting";
        Translation "translation";
        Study "study";
        Coordination "coordination";
        Communication "communication";
        Evaluation "evaluation";
        Other "other";
    }
}

enumeration! {
    /// `event_kind` (domain.md §7), an open list.
    EventKind "event_kind" open {
        FirstMeeting "first_meeting";
        PartnerMeeting "partner_meeting";
        DecisionBody "decision_body";
        SteeringCommittee "steering_committee";
        Workshop "workshop";
        Training "training";
        Delegation "delegation";
        NetworkMeeting "network_meeting";
        FunderMeeting "funder_meeting";
        Other "other";
    }
}

enumeration! {
    /// `agreement_kind` (domain.md §7), an open list.
    AgreementKind "agreement_kind" open {
        Convention "convention";
        CooperationPlan "cooperation_plan";
        LeaderAgreement "leader_agreement";
        ReciprocityContract "reciprocity_contract";
        PartnershipAgreement "partnership_agreement";
        LetterOfIntent "letter_of_intent";
        Other "other";
    }
}

enumeration! {
    /// `body_kind` (domain.md §7).
    BodyKind "body_kind" closed {
        SteeringCommittee "steering_committee";
        DecisionCommittee "decision_committee";
        ProjectTeam "project_team";
        CooperationCommission "cooperation_commission";
        PartnersBody "partners_body";
        Other "other";
    }
}

enumeration! {
    /// `funding_status` (domain.md §7).
    FundingStatus "funding_status" closed {
        ToExplore "to_explore";
        InPreparation "in_preparation";
        Filed "filed";
        Acknowledged "acknowledged";
        Granted "granted";
        Refused "refused";
        PaymentRequested "payment_requested";
        Paid "paid";
        Withdrawn "withdrawn";
    }
}

enumeration! {
    /// `resource_kind` (domain.md §7), an open list.
    ResourceKind "resource_kind" open {
        Guide "guide";
        TechnicalSheet "technical_sheet";
        Template "template";
        Slides "slides";
        Video "video";
        Flipbook "flipbook";
        Booklet "booklet";
        ParticipantFile "participant_file";
        ExperienceSheet "experience_sheet";
        WebPage "web_page";
        Other "other";
    }
}

enumeration! {
    /// `watch_nature` (domain.md §7).
    WatchNature "watch_nature" closed {
        MethodTool "method_tool";
        Partner "partner";
        CooperationLead "cooperation_lead";
        ResourceCentre "resource_centre";
        PoliticalNews "political_news";
        InstitutionalNews "institutional_news";
        TechnicalNews "technical_news";
    }
}

enumeration! {
    /// `contribution_kind` (domain.md §7), an open list.
    ContributionKind "contribution_kind" open {
        Attendance "attendance";
        Talk "talk";
        RelayTestimony "relay_testimony";
        RelayRequest "relay_request";
        SharedDocument "shared_document";
        WorkingGroup "working_group";
        WebsiteContent "website_content";
    }
}

enumeration! {
    /// `audience` (domain.md §7).
    Audience "audience" closed {
        Oneself "self";
        Beneficiary "beneficiary";
        ProjectPartners "project_partners";
        FundersHierarchy "funders_hierarchy";
        Network "network";
        Public "public";
    }
}

enumeration! {
    /// `organisation_type` (domain.md §7).
    OrganisationType "organisation_type" closed {
        Group "group";
        Structure "structure";
        Territory "territory";
    }
}

enumeration! {
    /// `partner_type` (domain.md §7).
    PartnerType "partner_type" closed {
        OtherLag "other_lag";
        RuralPartnership "rural_partnership";
        NonRuralPartnership "non_rural_partnership";
        Other "other";
    }
}

enumeration! {
    /// `territory_character` (domain.md §7).
    TerritoryCharacter "territory_character" closed {
        Rural "rural";
        Urban "urban";
        Mixed "mixed";
    }
}

enumeration! {
    /// `starting_situation` (domain.md §7).
    StartingSituation "starting_situation" closed {
        NonePlanned "none_planned";
        Willing "willing";
        Started "started";
    }
}

enumeration! {
    /// `priority` (domain.md §7).
    Priority "priority" closed {
        First "first";
        Next "next";
        Later "later";
    }
}

enumeration! {
    /// `skill_level` (domain.md §7).
    SkillLevel "skill_level" closed {
        Unknown "unknown";
        Reserved "reserved";
        AtEase "at_ease";
        VeryAtEase "very_at_ease";
    }
}

enumeration! {
    /// `consent_status` (domain.md §7).
    ConsentStatus "consent_status" closed {
        Asked "asked";
        Granted "granted";
        Refused "refused";
        Withdrawn "withdrawn";
    }
}

enumeration! {
    /// `channel` (domain.md §7).
    Channel "channel" closed {
        InPerson "in_person";
        Phone "phone";
        Video "video";
        Email "email";
        Post "post";
        Form "form";
        Informal "informal";
        Meeting "meeting";
    }
}

enumeration! {
    /// `request_status` (domain.md §7).
    RequestStatus "request_status" closed {
        Open "open";
        Handled "handled";
        Converted "converted";
        Redirected "redirected";
        Dropped "dropped";
    }
}

enumeration! {
    /// `support_status` (domain.md §7).
    SupportStatus "support_status" closed {
        Requested "requested";
        Framing "framing";
        Ongoing "ongoing";
        Suspended "suspended";
        Closed "closed";
    }
}

enumeration! {
    /// `support_format` (domain.md §7).
    SupportFormat "support_format" closed {
        Individual "individual";
        Collective "collective";
    }
}

enumeration! {
    /// `support_rhythm` (domain.md §7).
    SupportRhythm "support_rhythm" closed {
        OneOff "one_off";
        AsNeeded "as_needed";
        Continuous "continuous";
        Alternating "alternating";
    }
}

enumeration! {
    /// `support_timing` (domain.md §7).
    SupportTiming "support_timing" closed {
        Before "before";
        During "during";
        End "end";
    }
}

enumeration! {
    /// `session_mode` (domain.md §7).
    SessionMode "session_mode" closed {
        OnSite "on_site";
        Elsewhere "elsewhere";
        Remote "remote";
    }
}

enumeration! {
    /// `support_moment` (domain.md §7).
    SupportMoment "support_moment" closed {
        MakeContact "make_contact";
        Start "start";
        Unblock "unblock";
        CloseWorkingTime "close_working_time";
        KeepRecord "keep_record";
    }
}

enumeration! {
    /// `session_kind` (domain.md §7).
    SessionKind "session_kind" closed {
        QuickHelp "quick_help";
        WorkingSession "working_session";
        FollowUp "follow_up";
    }
}

enumeration! {
    /// `meeting_status` (domain.md §7).
    MeetingStatus "meeting_status" closed {
        Planned "planned";
        Prepared "prepared";
        Held "held";
        Logged "logged";
        Cancelled "cancelled";
    }
}

enumeration! {
    /// `attendee_stance` (domain.md §7).
    AttendeeStance "attendee_stance" closed {
        Driving "driving";
        Reluctant "reluctant";
        Undecided "undecided";
    }
}

enumeration! {
    /// `need_status` (domain.md §7).
    NeedStatus "need_status" closed {
        Open "open";
        InProgress "in_progress";
        Met "met";
        Referred "referred";
        Dropped "dropped";
    }
}

enumeration! {
    /// `obstacle_result` (domain.md §7).
    ObstacleResult "obstacle_result" closed {
        Lifted "lifted";
        Reduced "reduced";
        Remaining "remaining";
        Referred "referred";
    }
}

enumeration! {
    /// `response` (domain.md §7).
    Response "response" closed {
        Pending "pending";
        Accepted "accepted";
        Adapted "adapted";
        Declined "declined";
    }
}

enumeration! {
    /// `work_state` (domain.md §7).
    WorkState "work_state" closed {
        ToDo "to_do";
        InProgress "in_progress";
        Done "done";
        Dropped "dropped";
    }
}

enumeration! {
    /// `introduction_status` (domain.md §7).
    IntroductionStatus "introduction_status" closed {
        Considered "considered";
        ConsentAsked "consent_asked";
        ConsentGiven "consent_given";
        Made "made";
        FollowedUp "followed_up";
        Refused "refused";
    }
}

enumeration! {
    /// `project_maturity` (domain.md §7).
    ProjectMaturity "project_maturity" closed {
        Idea "idea";
        Lead "lead";
        PreProject "pre_project";
        Project "project";
    }
}

enumeration! {
    /// `project_phase` (domain.md §7).
    ProjectPhase "project_phase" closed {
        Emergence "emergence";
        PartnerFinding "partner_finding";
        Formalisation "formalisation";
        Implementation "implementation";
        Closing "closing";
    }
}

enumeration! {
    /// `project_status` (domain.md §7).
    ProjectStatus "project_status" closed {
        Active "active";
        OnHold "on_hold";
        SetAside "set_aside";
        Abandoned "abandoned";
        Completed "completed";
    }
}

enumeration! {
    /// `cooperation_scale` (domain.md §7).
    CooperationScale "cooperation_scale" closed {
        Interterritorial "interterritorial";
        Transnational "transnational";
    }
}

enumeration! {
    /// `project_sequel` (domain.md §7).
    ProjectSequel "project_sequel" closed {
        Continue "continue";
        Stop "stop";
        NewActions "new_actions";
        Undecided "undecided";
    }
}

enumeration! {
    /// `action_kind` (domain.md §7).
    ActionKind "action_kind" closed {
        Strand "strand";
        CommonAction "common_action";
        OwnAction "own_action";
    }
}

enumeration! {
    /// `participation_role` (domain.md §7).
    ParticipationRole "participation_role" closed {
        LeadPartner "lead_partner";
        Partner "partner";
        Associated "associated";
    }
}

enumeration! {
    /// `means_kind` (domain.md §7).
    MeansKind "means_kind" closed {
        Human "human";
        Technical "technical";
        Language "language";
        Financial "financial";
        Material "material";
    }
}

enumeration! {
    /// `availability` (domain.md §7).
    Availability "availability" closed {
        Available "available";
        ToConfirm "to_confirm";
        Unavailable "unavailable";
    }
}

enumeration! {
    /// `cooperation_record_kind` (domain.md §7).
    CooperationRecordKind "cooperation_record_kind" closed {
        Twinning "twinning";
        PastProject "past_project";
        CurrentAction "current_action";
        Habit "habit";
    }
}

enumeration! {
    /// `change_scope` (domain.md §7).
    ChangeScope "change_scope" closed {
        Project "project";
        Environment "environment";
    }
}

enumeration! {
    /// `change_source` (domain.md §7).
    ChangeSource "change_source" closed {
        PhoneRound "phone_round";
        Meeting "meeting";
        Minutes "minutes";
        Document "document";
        Partner "partner";
        Watch "watch";
    }
}

enumeration! {
    /// `validation_status` (domain.md §7).
    ValidationStatus "validation_status" closed {
        ToSend "to_send";
        Sent "sent";
        Validated "validated";
        Corrected "corrected";
        NoAnswer "no_answer";
    }
}

enumeration! {
    /// `direction` (domain.md §7).
    Direction "direction" closed {
        Outgoing "outgoing";
        Incoming "incoming";
    }
}

enumeration! {
    /// `offer_status` (domain.md §7).
    OfferStatus "offer_status" closed {
        Draft "draft";
        UnderReview "under_review";
        Open "open";
        Closed "closed";
        Withdrawn "withdrawn";
    }
}

enumeration! {
    /// `match_criterion` (domain.md §7).
    MatchCriterion "match_criterion" closed {
        Theme "theme";
        Country "country";
        Language "language";
        CooperationType "cooperation_type";
        Calendar "calendar";
        PartnerProfile "partner_profile";
    }
}

enumeration! {
    /// `match_status` (domain.md §7).
    MatchStatus "match_status" closed {
        Suggested "suggested";
        Sent "sent";
        Interested "interested";
        NotInterested "not_interested";
        Replied "replied";
    }
}

enumeration! {
    /// `reply_status` (domain.md §7).
    ReplyStatus "reply_status" closed {
        Draft "draft";
        UnderReview "under_review";
        Sent "sent";
        Received "received";
        Retained "retained";
        Declined "declined";
        NoAnswer "no_answer";
    }
}

enumeration! {
    /// `contact_status` (domain.md §7).
    ContactStatus "contact_status" closed {
        ToContact "to_contact";
        Contacted "contacted";
        Reminded "reminded";
        Replied "replied";
        InDiscussion "in_discussion";
        Met "met";
        Concluded "concluded";
    }
}

enumeration! {
    /// `contact_outcome` (domain.md §7).
    ContactOutcome "contact_outcome" closed {
        Pending "pending";
        Selected "selected";
        Discarded "discarded";
        Withdrew "withdrew";
        NoReply "no_reply";
    }
}

enumeration! {
    /// `criterion_head` (domain.md §7).
    CriterionHead "criterion_head" closed {
        IdealPartner "ideal_partner";
        NotWanted "not_wanted";
        Expected "expected";
        Offered "offered";
        ExistingRelations "existing_relations";
    }
}

enumeration! {
    /// `similarity` (domain.md §7).
    Similarity "similarity" closed {
        Similar "similar";
        Complementary "complementary";
    }
}

enumeration! {
    /// `appraisal` (domain.md §7).
    Appraisal "appraisal" closed {
        Met "met";
        PartlyMet "partly_met";
        NotMet "not_met";
        Unknown "unknown";
    }
}

enumeration! {
    /// `meeting_level` (domain.md §7).
    MeetingLevel "meeting_level" closed {
        Local "local";
        Regional "regional";
        National "national";
        European "european";
    }
}

enumeration! {
    /// `training_level` (domain.md §7).
    TrainingLevel "training_level" closed {
        Start "start";
        OfferToMeeting "offer_to_meeting";
        CoConstruction "co_construction";
    }
}

enumeration! {
    /// `intervention_part` (domain.md §7).
    InterventionPart "intervention_part" closed {
        Examples "examples";
        Method "method";
        MeansTools "means_tools";
        Other "other";
    }
}

enumeration! {
    /// `agreement_status` (domain.md §7).
    AgreementStatus "agreement_status" closed {
        Draft "draft";
        UnderReview "under_review";
        Reviewed "reviewed";
        BeingSigned "being_signed";
        Signed "signed";
        Amended "amended";
        Ended "ended";
    }
}

enumeration! {
    /// `gap_kind` (domain.md §7).
    GapKind "gap_kind" closed {
        Missing "missing";
        Unclear "unclear";
        Inconsistent "inconsistent";
        NotMatchingFrame "not_matching_frame";
    }
}

enumeration! {
    /// `risk_head` (domain.md §7).
    RiskHead "risk_head" closed {
        Legal "legal";
        Financial "financial";
        PartnerRole "partner_role";
        Calendar "calendar";
        Other "other";
    }
}

enumeration! {
    /// `funding_stage` (domain.md §7).
    FundingStage "funding_stage" closed {
        Preparation "preparation";
        Implementation "implementation";
    }
}

enumeration! {
    /// `budget_side` (domain.md §7).
    BudgetSide "budget_side" closed {
        Expense "expense";
        Resource "resource";
    }
}

enumeration! {
    /// `checklist_target` (domain.md §7).
    ChecklistTarget "checklist_target" closed {
        Project "project";
        Agreement "agreement";
        Funding "funding";
        Event "event";
        OfferReply "offer_reply";
        Support "support";
    }
}

enumeration! {
    /// `check_state` (domain.md §7).
    CheckState "check_state" closed {
        ToCheck "to_check";
        Ok "ok";
        Missing "missing";
        NotApplicable "not_applicable";
    }
}

enumeration! {
    /// `evaluation_moment` (domain.md §7).
    EvaluationMoment "evaluation_moment" closed {
        Upstream "upstream";
        Ongoing "ongoing";
        MidTerm "mid_term";
        Final "final";
        ExPost "ex_post";
    }
}

enumeration! {
    /// `indicator_type` (domain.md §7).
    IndicatorType "indicator_type" closed {
        Qualitative "qualitative";
        Quantitative "quantitative";
    }
}

enumeration! {
    /// `added_value_head` (domain.md §7).
    AddedValueHead "added_value_head" closed {
        Strategy "strategy";
        LocalDynamics "local_dynamics";
        Partnership "partnership";
        Cultural "cultural";
        Economic "economic";
        Social "social";
    }
}

enumeration! {
    /// `argument_family` (domain.md §7).
    ArgumentFamily "argument_family" closed {
        Reason "reason";
        SuccessFactor "success_factor";
        Gain "gain";
        KeyArgument "key_argument";
    }
}

enumeration! {
    /// `capitalisation_level` (domain.md §7).
    CapitalisationLevel "capitalisation_level" closed {
        Tell "tell";
        Analyse "analyse";
        IdentifyKnowHow "identify_know_how";
    }
}

enumeration! {
    /// `source_kind` (domain.md §7).
    SourceKind "source_kind" closed {
        Website "website";
        ELetter "e_letter";
        ResourceStructure "resource_structure";
        BookReview "book_review";
        Meeting "meeting";
        Informal "informal";
        Subscription "subscription";
    }
}

enumeration! {
    /// `watch_purpose` (domain.md §7).
    WatchPurpose "watch_purpose" closed {
        PrepareSupports "prepare_supports";
        FeedSupported "feed_supported";
    }
}

enumeration! {
    /// `watch_status` (domain.md §7).
    WatchStatus "watch_status" closed {
        ToSort "to_sort";
        Kept "kept";
        Discarded "discarded";
    }
}

enumeration! {
    /// `network_kind` (domain.md §7).
    NetworkKind "network_kind" closed {
        Formal "formal";
        Informal "informal";
    }
}

enumeration! {
    /// `publication_kind` (domain.md §7), an open list.
    PublicationKind "publication_kind" open {
        Newsletter "newsletter";
        WatchBulletin "watch_bulletin";
        Article "article";
        ExperienceSheet "experience_sheet";
        Testimony "testimony";
        Guide "guide";
        Booklet "booklet";
        Post "post";
    }
}

enumeration! {
    /// `publication_status` (domain.md §7).
    PublicationStatus "publication_status" closed {
        Draft "draft";
        ConsentPending "consent_pending";
        Ready "ready";
        Published "published";
        Withdrawn "withdrawn";
    }
}

enumeration! {
    /// `medium` (domain.md §7), an open list.
    Medium "medium" open {
        Website "website";
        Blog "blog";
        ELetter "e_letter";
        SocialNetwork "social_network";
        Email "email";
        Meeting "meeting";
        Print "print";
        Press "press";
    }
}

enumeration! {
    /// `export_format` (domain.md §7).
    ExportFormat "export_format" closed {
        Pdf "pdf";
        Docx "docx";
        Odt "odt";
        Xlsx "xlsx";
        Ods "ods";
        Csv "csv";
        Ics "ics";
        Html "html";
        Txt "txt";
    }
}

/// Every enumeration, in the order of domain.md §7.
pub static ENUMERATIONS: &[&EnumDef] = &[
    MissionAxis::DEF,
    OrganisationSubtype::DEF,
    OrganisationRole::DEF,
    TerritoryKind::DEF,
    PersonProfile::DEF,
    ConsentPurpose::DEF,
    DocumentKind::DEF,
    SupportContribution::DEF,
    SupportSubject::DEF,
    SupportStep::DEF,
    StopReason::DEF,
    AttendanceRole::DEF,
    ObstacleKind::DEF,
    TaskKind::DEF,
    IntroductionKind::DEF,
    Origin::DEF,
    CooperationType::DEF,
    CriterionFacet::DEF,
    CostKind::DEF,
    EventKind::DEF,
    AgreementKind::DEF,
    BodyKind::DEF,
    FundingStatus::DEF,
    ResourceKind::DEF,
    WatchNature::DEF,
    ContributionKind::DEF,
    Audience::DEF,
    OrganisationType::DEF,
    PartnerType::DEF,
    TerritoryCharacter::DEF,
    StartingSituation::DEF,
    Priority::DEF,
    SkillLevel::DEF,
    ConsentStatus::DEF,
    Channel::DEF,
    RequestStatus::DEF,
    SupportStatus::DEF,
    SupportFormat::DEF,
    SupportRhythm::DEF,
    SupportTiming::DEF,
    SessionMode::DEF,
    SupportMoment::DEF,
    SessionKind::DEF,
    MeetingStatus::DEF,
    AttendeeStance::DEF,
    NeedStatus::DEF,
    ObstacleResult::DEF,
    Response::DEF,
    WorkState::DEF,
    IntroductionStatus::DEF,
    ProjectMaturity::DEF,
    ProjectPhase::DEF,
    ProjectStatus::DEF,
    CooperationScale::DEF,
    ProjectSequel::DEF,
    ActionKind::DEF,
    ParticipationRole::DEF,
    MeansKind::DEF,
    Availability::DEF,
    CooperationRecordKind::DEF,
    ChangeScope::DEF,
    ChangeSource::DEF,
    ValidationStatus::DEF,
    Direction::DEF,
    OfferStatus::DEF,
    MatchCriterion::DEF,
    MatchStatus::DEF,
    ReplyStatus::DEF,
    ContactStatus::DEF,
    ContactOutcome::DEF,
    CriterionHead::DEF,
    Similarity::DEF,
    Appraisal::DEF,
    MeetingLevel::DEF,
    TrainingLevel::DEF,
    InterventionPart::DEF,
    AgreementStatus::DEF,
    GapKind::DEF,
    RiskHead::DEF,
    FundingStage::DEF,
    BudgetSide::DEF,
    ChecklistTarget::DEF,
    CheckState::DEF,
    EvaluationMoment::DEF,
    IndicatorType::DEF,
    AddedValueHead::DEF,
    ArgumentFamily::DEF,
    CapitalisationLevel::DEF,
    SourceKind::DEF,
    WatchPurpose::DEF,
    WatchStatus::DEF,
    NetworkKind::DEF,
    PublicationKind::DEF,
    PublicationStatus::DEF,
    Medium::DEF,
    ExportFormat::DEF,
];
