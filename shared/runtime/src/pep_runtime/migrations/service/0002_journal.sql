-- The journal: the truth of this service. Nobody updates, deletes or inserts into it but `journal_append`.

create table journal_head (
    authority   text        not null check (authority <> ''),
    log         text        not null default 'journal' check (log in ('journal', 'access')),
    position    bigint      not null default 0,
    announced   bigint      not null default 0,
    hash        bytea       not null default decode(repeat('00', 32), 'hex'),
    recorded_at timestamptz not null default 'epoch',
    frozen      text,
    primary key (authority, log)
) with (fillfactor = 20);
select protect('journal_head');

create table journal (
    authority      text        not null check (authority <> ''),
    position       bigint      not null,
    stream         text        not null,
    version        integer     not null,
    event_id       uuid        not null,
    type           text        not null,
    schema_version smallint    not null,
    occurred_at    timestamptz not null,
    recorded_at    timestamptz not null,
    actor          text        not null,
    cause          uuid,
    correlation    uuid        not null,
    trace          text,
    policy_version text,
    child_ref      text,
    envelope       bytea       not null,
    payload        bytea       not null,
    hash           bytea       not null,
    announced      bigint,
    announcement   bytea,
    primary key (authority, position),
    unique (authority, stream, version),
    unique (authority, event_id),
    check ((announced is null) = (announcement is null))
);
create unique index journal_announced on journal (authority, announced) where announced is not null;
create index journal_child on journal (authority, child_ref, position) where child_ref is not null;
select protect('journal');
create policy read_all on journal for select to pep_relay, pep_worker using (true);
create policy read_all on journal_head for select to pep_relay, pep_worker using (true);
grant select on journal, journal_head to pep_app, pep_relay, pep_worker;

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'The journal is only ever appended to.' using errcode = 'PJ900';
end $$;
create trigger journal_is_append_only before update or delete on journal for each row execute function refuse_change();
create trigger journal_is_never_truncated before truncate on journal for each statement execute function refuse_change();

create table command_answer (
    authority   text        not null check (authority <> ''),
    actor       text        not null,
    key         text        not null,
    fingerprint bytea       not null,
    position    bigint      not null default 0,
    recorded_at timestamptz not null,
    stored_at   timestamptz not null default now(),
    primary key (authority, actor, key)
);
create index command_answer_age on command_answer (stored_at);
select protect('command_answer');
grant select on command_answer to pep_app, pep_worker;
grant delete on command_answer to pep_worker;

create table stored_file (
    authority text   not null check (authority <> ''),
    name      text   not null,
    position  bigint not null,
    content   bytea  not null,
    primary key (authority, name)
);
select protect('stored_file');
grant select on stored_file to pep_app, pep_worker;

create table consumer_offset (
    consumer    text   not null,
    authority   text   not null check (authority <> ''),
    topic       text   not null,
    next_offset bigint not null default 0,
    last_number bigint not null default 0,
    last_hash   bytea,
    owner       text,
    epoch       bigint not null default 0,
    primary key (authority, consumer, topic)
);
select protect('consumer_offset');
create policy read_all on consumer_offset for select to pep_worker using (true);
grant select on consumer_offset to pep_app, pep_worker;

create table policy_refusal (
    authority  text        not null check (authority <> ''),
    consumer   text        not null,
    cause      uuid        not null,
    type       text        not null,
    child_ref  text,
    sentence   text        not null,
    refused_at timestamptz not null,
    primary key (authority, consumer, cause)
);
select protect('policy_refusal');
create policy read_all on policy_refusal for select to pep_worker using (true);
grant select on policy_refusal to pep_app, pep_worker;

create table parked_event (
    authority text        not null check (authority <> ''),
    consumer  text        not null,
    topic     text        not null,
    number    bigint      not null,
    key       text        not null,
    headers   text[]      not null,
    contents  bytea[]     not null,
    value     bytea       not null,
    error     text        not null,
    parked_at timestamptz not null,
    retry     boolean     not null default false,
    primary key (authority, consumer, topic, number)
);
create index parked_event_key on parked_event (authority, consumer, topic, key, number);
select protect('parked_event');
create policy read_all on parked_event for select to pep_worker using (true);
grant select on parked_event to pep_app, pep_worker;
grant update (retry) on parked_event to pep_worker;
