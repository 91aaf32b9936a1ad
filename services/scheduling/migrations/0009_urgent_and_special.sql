-- What waits for others to agree, what of a child cannot wait, attendance by school year, and reviews ahead.

create table request (
    authority            text    not null,
    request_id           text    not null,
    child_ref            text    not null,
    decision             text    not null,
    state                text    not null,
    asked_by             text    not null,
    asked_on             date    not null,
    for_day              date    not null,
    why                  text    not null,
    approvers            text[]  not null,
    until                date,
    school_urn           text,
    childs_view          text,
    effect_on_education  text,
    agreed               text[]  not null,
    must_consult         text[]  not null,
    professionals_meet   boolean not null,
    professionals_met_on date,
    decided_on           date,
    declined_because     text,
    primary key (authority, request_id)
);
create index on request (authority, child_ref);
select protect_read_model('request');

create table consultation (
    authority  text not null,
    request_id text not null,
    consulted  text not null,
    asked_on   date not null,
    child_ref  text not null,
    answer     text not null,
    by         text not null,
    primary key (authority, request_id, consulted, asked_on)
);
select protect_read_model('consultation');

create table agenda_item (
    authority  text not null,
    child_ref  text not null,
    item       text not null,
    about      text not null,
    since      date not null,
    meeting_id text,
    primary key (authority, child_ref, item)
);
select protect_read_model('agenda_item');

create table exclusion (
    authority         text    not null,
    child_ref         text    not null,
    began             date    not null,
    permanent         boolean not null,
    notified_on       date    not null,
    category          text    not null,
    reason            text    not null,
    half_days         bigint,
    half_days_in_year bigint,
    most_half_days    bigint,
    provision_from    date,
    primary key (authority, child_ref, began, permanent)
);
select protect_read_model('exclusion');

create table urgent_pep (
    authority text not null,
    child_ref text not null,
    asked_on  date not null,
    reason    text not null,
    by        text,
    what      text,
    primary key (authority, child_ref, asked_on, reason)
);
select protect_read_model('urgent_pep');

create table safeguarding_concern (
    authority  text not null,
    concern_id text not null,
    child_ref  text not null,
    raised_on  date not null,
    by         text not null,
    what       text not null,
    primary key (authority, concern_id)
);
create index on safeguarding_concern (authority, child_ref);
select protect_read_model('safeguarding_concern');

create table move_without_approval (
    authority  text    not null,
    child_ref  text    not null,
    moved_on   date    not null,
    decision   text    not null,
    school_urn text,
    emergency  boolean not null,
    primary key (authority, child_ref, moved_on, decision)
);
select protect_read_model('move_without_approval');

create table attendance (
    authority     text   not null,
    child_ref     text   not null,
    school_year   bigint not null,
    possible      bigint not null,
    missed        bigint not null,
    unauthorised  bigint not null,
    newest_day    date,
    at_risk_since date,
    primary key (authority, child_ref, school_year)
);
create index on attendance (authority, at_risk_since) where at_risk_since is not null;
select protect_read_model('attendance');

create table review_ahead (
    authority         text   not null,
    child_ref         text   not null,
    review_on         date,
    last_review_on    date,
    pathway_plan_on   date,
    pep_held_on       date,
    plan_available_on date,
    plan_id           text,
    open_dues         text[] not null,
    met_dues          text[] not null,
    primary key (authority, child_ref)
);
create index on review_ahead (authority, review_on) where review_on is not null;
select protect_read_model('review_ahead');
