-- The whole life of a meeting: proposed, arranged, put off, called off; who comes; whether it will count.
alter table meeting_overview
    add column state               text    not null default 'scheduled',
    add column lasts_minutes       bigint  not null default 60,
    add column convener            text,
    add column planned_chair       text,
    add column must_invite         text[]  not null default '{}',
    add column invited             text[]  not null default '{}',
    add column details_sent_on     date,
    add column sequence            bigint  not null default 0,
    add column notice_waived       boolean not null default false,
    add column times_rescheduled   bigint  not null default 0,
    add column agreed_at           text,
    add column proceeds            boolean,
    add column pupil_wish          text,
    add column at_risk             boolean not null default false,
    add column warned_days         bigint,
    add column cancelled_because   text,
    add column lasted_minutes      bigint,
    add column pupil_part          text,
    add column views_shared        boolean,
    add column warnings            text[]  not null default '{}';
create index on meeting_overview (authority, at) where state = 'scheduled';

alter table meeting_invitee
    add column child_ref       text    not null default '',
    add column answer          text    not null default 'not_answered',
    add column awaits_approval boolean not null default false,
    add column reply_hash      text,
    add column reply_until     timestamptz;
create index on meeting_invitee (authority, person_ref);
create index on meeting_invitee (authority, reply_hash) where reply_hash is not null;

create table meeting_proposal (
    authority  text   not null,
    meeting_id text   not null,
    child_ref  text   not null,
    state      text   not null,
    proposed_on date  not null,
    dates      text[] not null,
    asked      text[] not null,
    suits      text[] not null,
    agreed     timestamptz,
    rearranges text,
    primary key (authority, meeting_id)
);
create index on meeting_proposal (authority, child_ref);
select protect_read_model('meeting_proposal');
-- Whoever answers by a link is signed in to no authority: the link is looked for in all of them.
create policy read_all on meeting_invitee for select to pep_worker using (true);
create policy read_all on meeting_overview for select to pep_worker using (true);
create policy read_all on child_overview for select to pep_worker using (true);
