-- Due dates that were late, escalated or counted again; and which children have been looked at in which term.
alter table due_date
    add column escalated          bigint not null default 0,
    add column late_because       text,
    add column late_details       text,
    add column marked_complete_on date,
    add column was                date;
create index on due_date (authority, due) where state = 'overdue';

create table termly_meeting (
    authority text not null,
    child_ref text not null,
    opened_on date not null,
    state     text not null,
    due       date,
    primary key (authority, child_ref, opened_on)
);
select protect_read_model('termly_meeting');
