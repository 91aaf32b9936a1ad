-- Lists sorted by what comes next, and what they are filtered by.
alter table child_overview
    add column next_due        date,
    add column next_obligation text,
    add column next_meeting_at timestamptz,
    add column next_meeting_id text,
    add column dues            text[] not null default '{}',
    add column meetings        text[] not null default '{}';
create index on child_overview (authority, next_due, child_ref);
create index on child_overview (authority, born_in_school_year);
create index on due_date (authority, due, child_ref);
create index on meeting_overview (authority, at, meeting_id);
create index on meeting_invitee (authority, person_ref);
create index on child_overview (authority) where cardinality(glass) > 0;

-- What the figures of the annual report are counted from.
create table timeliness_of_child (
    authority           text   not null,
    child_ref           text   not null,
    school_urn          text,
    school_since        date,
    social_worker_ref   text,
    social_worker_since date,
    duties              text[] not null,
    primary key (authority, child_ref)
);
select protect_read_model('timeliness_of_child');

create table team_of_worker (
    authority  text not null,
    person_ref text not null,
    team       text not null,
    primary key (authority, person_ref)
);
select protect_read_model('team_of_worker');

-- Calendars that are fetched by a secret address: of the secret only the hash.
create table calendar_feed (
    authority  text not null,
    person_ref text not null,
    sha256     text not null,
    since      date not null,
    primary key (authority, person_ref)
);
create index on calendar_feed (authority, sha256);
select protect_read_model('calendar_feed');

create table meeting_in_calendar (
    authority    text        not null,
    meeting_id   text        not null,
    at           timestamptz not null,
    changes      bigint      not null,
    changed_at   timestamptz not null,
    joining_link text,
    primary key (authority, meeting_id)
);
create index on meeting_in_calendar (authority, at);
select protect_read_model('meeting_in_calendar');
