-- In Year 12 or 13 a personal adviser may be the social worker (O-12); and in which capacities somebody had a job no more
-- and was withdrawn before anybody came in their place.
alter table meeting_overview add column adviser_is_worker boolean not null default false;
alter table meeting_overview add column vacant text[] not null default '{}';
