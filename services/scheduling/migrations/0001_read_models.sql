create table child_overview (
    authority           text not null,
    child_ref           text not null,
    given_name          text,
    family_name         text,
    preferred_name      text,
    language            text,
    date_of_birth       text,
    upn                 text,
    born_in_school_year bigint,
    in_care_since       date,
    left_care_on        date,
    placement           text,
    placement_since     date,
    legal_status        text,
    legal_status_since  date,
    school_urn          text,
    school_since        date,
    social_worker_ref   text,
    social_worker_since date,
    pep_applies         boolean,
    why_not             text,
    last_review_on      date,
    last_pep_on         date,
    next_pep_agreed     date,
    next_review         date,
    primary key (authority, child_ref)
);
create index on child_overview (authority, school_urn);
create index on child_overview (authority, social_worker_ref);
select protect_read_model('child_overview');

create table due_date (
    authority      text    not null,
    child_ref      text    not null,
    obligation     text    not null,
    trigger_on     date    not null,
    trigger        text    not null,
    state          text    not null,
    due            date,
    days           bigint,
    unit           text,
    source         text[]  not null,
    policy_version text,
    note           text,
    overdue        boolean not null,
    met_on         date,
    met_by         text,
    primary key (authority, child_ref, obligation, trigger_on)
);
create index on due_date (authority, due) where state = 'open';
select protect_read_model('due_date');

create table meeting_overview (
    authority                   text        not null,
    meeting_id                  text        not null,
    child_ref                   text        not null,
    at                          timestamptz not null,
    arranged_on                 date        not null,
    venue                       text,
    joining_link                text,
    late_notice                 boolean     not null,
    rearranges                  text,
    held_on                     date,
    outcome                     text,
    chaired_by                  text,
    no_authority_representative boolean     not null,
    pupil_attended              boolean,
    must_be_rearranged          boolean     not null,
    corrected                   boolean     not null,
    next_on                     date,
    next_lacks                  text[]      not null,
    minutes                     text,
    minutes_not_for_pupil       text,
    primary key (authority, meeting_id)
);
create index on meeting_overview (authority, child_ref);
select protect_read_model('meeting_overview');

create table meeting_invitee (
    authority   text not null,
    meeting_id  text not null,
    invitee_ref text not null,
    capacity    text not null,
    person_ref  text,
    name        text,
    email       text,
    language    text,
    decided_by  text,
    primary key (authority, meeting_id, invitee_ref)
);
select protect_read_model('meeting_invitee');

create table contact (
    authority  text not null,
    person_ref text not null,
    role       text not null,
    school_urn text,
    name       text not null,
    email      text,
    telephone  text,
    primary key (authority, person_ref)
);
create index on contact (authority, role, school_urn);
select protect_read_model('contact');

create table carer_of_child (
    authority  text not null,
    child_ref  text not null,
    person_ref text not null,
    primary key (authority, child_ref, person_ref)
);
select protect_read_model('carer_of_child');

create table school (
    authority text not null,
    urn       text not null,
    name      text not null,
    phase     text not null,
    area      text not null,
    ukprn     text,
    laestab   text,
    primary key (authority, urn)
);
select protect_read_model('school');
