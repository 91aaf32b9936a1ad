-- What is known of a child beside spells, placements, statuses, schools and workers; what facts lack; who may be the same
-- child; which school was another's before; how the file of changes comes; who answers for children in care at a school.

alter table school
    add column predecessor_urn text,
    add column opened_on       date;

create table child_circumstances (
    authority                text    not null,
    child_ref                text    not null,
    placement_area           text,
    placement_area_since     date,
    fostering_allowance      boolean,
    fostering_since          date,
    reviewing_officer_ref    text,
    reviewing_officer_since  date,
    special_educational_needs text,
    special_needs_since      date,
    year_group_told          bigint,
    year_group_since         date,
    planned_school_urn       text,
    planned_school_on        date,
    review_planned_on        date,
    siblings                 text[]  not null default '{}',
    ended                    text,
    ended_on                 date,
    primary key (authority, child_ref)
);
select protect_read_model('child_circumstances');

create table fact_flag (
    authority text    not null,
    child_ref text    not null,
    fact      text    not null,
    fact_on   date    not null,
    lacks     text    not null,
    state     text    not null,
    due       date,
    primary key (authority, child_ref, fact, fact_on, lacks)
);
create index on fact_flag (authority, due) where state = 'awaited';
select protect_read_model('fact_flag');

create table child_likeness (
    authority text not null,
    likeness  text not null,
    child_ref text not null,
    primary key (authority, likeness, child_ref)
);
select protect_read_model('child_likeness');

create table care_feed (
    authority     text    not null,
    feed          text    not null,
    newest_of     date    not null,
    taken_in_on   date    not null,
    late_of       date,
    primary key (authority, feed)
);
select protect_read_model('care_feed');

create table designated_teacher (
    authority   text not null,
    person_ref  text not null,
    school_urn  text,
    deputy_ref  text,
    trained_on  date,
    verified_on date,
    primary key (authority, person_ref)
);
select protect_read_model('designated_teacher');

create table absence (
    authority  text not null,
    person_ref text not null,
    absent_on  date not null,
    until      date not null,
    deputy_ref text not null,
    primary key (authority, person_ref, absent_on)
);
select protect_read_model('absence');
