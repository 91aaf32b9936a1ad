-- How long a meeting lasts, and that it was called off.
alter table meeting_in_calendar
    add column lasts_minutes bigint  not null default 60,
    add column cancelled     boolean not null default false;
