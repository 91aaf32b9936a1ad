-- Flags of all kinds in one list, with what became of them; each day of a feed, came, late or missing.
drop table fact_flag;
create table fact_flag (
    authority  text    not null,
    child_ref  text    not null,
    fact       text    not null,
    fact_on    date    not null,
    lacks      text    not null,
    decision   text    not null,
    state      text    not null,
    flagged_at timestamptz,
    due        date,
    school_urn text,
    emergency  boolean not null,
    because    text,
    ended_on   date,
    primary key (authority, child_ref, fact, fact_on, lacks, decision)
);
create index on fact_flag (authority, due) where state = 'awaited';
create index on fact_flag (authority, flagged_at, child_ref);
select protect_read_model('fact_flag');
drop table move_without_approval;

drop table care_feed;
create table feed_day (
    authority text not null,
    feed      text not null,
    of        date not null,
    state     text not null,
    came_on   date,
    rows      bigint,
    due       date,
    primary key (authority, feed, of)
);
create index on feed_day (authority, of, feed);
select protect_read_model('feed_day');
