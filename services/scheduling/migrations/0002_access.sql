-- Who sees a child beside worker and school; who opened a record in an emergency; what was said among professionals.
alter table child_overview
    add column delegates  text[]  not null default '{}',
    add column carers     text[]  not null default '{}',
    add column restricted boolean not null default false,
    add column glass      text[]  not null default '{}';

create table broken_glass (
    authority  text        not null,
    broken_at  timestamptz not null,
    child_ref  text        not null,
    person_ref text        not null,
    role       text        not null,
    reason     text        not null,
    until      timestamptz not null,
    primary key (authority, broken_at, child_ref, person_ref)
);
select protect_read_model('broken_glass');

alter table meeting_overview add column minutes_professionals_only text;
