-- Who sees a child's plans beside worker and school.
alter table known_child
    add column delegates  text[]  not null default '{}',
    add column restricted boolean not null default false,
    add column glass      text[]  not null default '{}';
