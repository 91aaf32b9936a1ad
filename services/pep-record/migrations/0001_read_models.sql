create table plan_overview (
    authority            text    not null,
    plan_id              text    not null,
    child_ref            text    not null,
    number               bigint  not null,
    school_year          bigint  not null,
    term                 text    not null,
    opened_on            date    not null,
    state                text    not null,
    plan_version         bigint  not null,
    supersedes           text,
    superseded_by        text,
    meeting_id           text,
    marked_complete_by   text,
    marked_complete_on   date,
    social_worker_agrees boolean not null,
    warnings             text[]  not null,
    return_reason        text,
    completed_on         date,
    primary key (authority, plan_id)
);
create index on plan_overview (authority, child_ref);
create index on plan_overview (authority, state);
select protect_read_model('plan_overview');

create table plan_section (
    authority  text not null,
    plan_id    text not null,
    section    text not null,
    text       text not null,
    written_by text not null,
    role       text not null,
    written_on date not null,
    primary key (authority, plan_id, section)
);
select protect_read_model('plan_section');

create table plan_target (
    authority text not null,
    plan_id   text not null,
    target_id text not null,
    subject   text not null,
    text      text not null,
    set_by    text not null,
    set_on    date not null,
    primary key (authority, plan_id, target_id)
);
select protect_read_model('plan_target');

create table plan_action (
    authority  text    not null,
    plan_id    text    not null,
    target_id  text    not null,
    number     bigint  not null,
    text       text    not null,
    owner      text    not null,
    line_id    text,
    category   text,
    quantity   bigint,
    unit_pence bigint,
    line_pence bigint,
    primary key (authority, plan_id, target_id, number)
);
select protect_read_model('plan_action');

create table known_child (
    authority           text not null,
    child_ref           text not null,
    in_care_since       date,
    left_care_on        date,
    born_in_school_year bigint,
    school_urn          text,
    school_since        date,
    social_worker_ref   text,
    social_worker_since date,
    current_plan_id     text,
    no_plan_because     text,
    primary key (authority, child_ref)
);
create index on known_child (authority, school_urn);
create index on known_child (authority, social_worker_ref);
select protect_read_model('known_child');
