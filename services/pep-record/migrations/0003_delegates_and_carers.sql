-- What a delegate wrote and the designated teacher has not approved; whom the child lives with; what those at home said.
alter table plan_overview add column by_delegate text[] not null default '{}';
alter table known_child add column carers text[] not null default '{}';

create table plan_views (
    authority  text not null,
    plan_id    text not null,
    person_ref text not null,
    role       text not null,
    text       text not null,
    given_on   date not null,
    primary key (authority, plan_id, person_ref)
);
select protect_read_model('plan_views');
