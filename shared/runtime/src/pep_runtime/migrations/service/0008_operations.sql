-- What operators decide and see: what becomes of a child's parked records, which topics stand still, which processes run.

-- A decision holds for all that is parked of one key until nothing is left of it, or until something fails again.
create table parked_decision (
    authority  text        not null check (authority <> ''),
    consumer   text        not null,
    topic      text        not null,
    key        text        not null,
    discard    bigint,     -- this number is given up; what waits behind it, or all of it where there is none, is tried again
    reason     text        not null default '',
    case_ref   text        not null default '',
    decided_by text        not null default '',
    decided_at timestamptz not null default now(),
    primary key (authority, consumer, topic, key)
);
select protect('parked_decision');
create policy read_all on parked_decision for select to pep_worker using (true);
grant select on parked_decision to pep_app, pep_worker;
grant insert, update on parked_decision to pep_worker;
alter table parked_event drop column retry;

-- Ends a decision, under the epoch of the partition's owner: nothing is left, or `p_number` failed again because of `p_error`.
create function end_decision(p_authority text, p_consumer text, p_topic text, p_epoch bigint, p_event_key text,
                             p_number bigint, p_error text)
returns void language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '5s' as $$
begin
    perform set_config('app.authority', p_authority, true);
    perform from consumer_offset o
    where o.authority = p_authority and o.consumer = p_consumer and o.topic = p_topic and o.epoch = p_epoch;
    if not found then
        raise exception 'Another owner reads %.', p_topic using errcode = 'PJ003';
    end if;
    update parked_event e set error = p_error
    where e.authority = p_authority and e.consumer = p_consumer and e.topic = p_topic and e.number = p_number;
    delete from parked_decision d
    where d.authority = p_authority and d.consumer = p_consumer and d.topic = p_topic and d.key = p_event_key;
end $$;
drop function keep_parked;

-- Why a consumer stands still before a record of a topic; null where it goes on.
alter table consumer_offset add column halted text;

create function note_halt(p_authority text, p_consumer text, p_topic text, p_epoch bigint, p_halted text)
returns void language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '5s' as $$
begin
    perform set_config('app.authority', p_authority, true);
    update consumer_offset o set halted = p_halted
    where o.authority = p_authority and o.consumer = p_consumer and o.topic = p_topic and o.epoch = p_epoch;
    if not found then
        raise exception 'Another owner reads %.', p_topic using errcode = 'PJ003';
    end if;
end $$;

drop function claim_consumer;
create function claim_consumer(p_consumer text, p_authority text, p_topic text, p_owner text)
returns table (epoch bigint, next_offset bigint, last_number bigint, last_hash bytea, halted text)
language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '5s' as $$
begin
    perform set_config('app.authority', p_authority, true);
    if not exists (select from journal_head h where h.authority = p_authority) then
        raise exception 'There is no authority %.', p_authority using errcode = 'PJ004';
    end if;
    return query
        insert into consumer_offset as o (consumer, authority, topic, owner, epoch) values (p_consumer, p_authority, p_topic, p_owner, 1)
        on conflict (authority, consumer, topic) do update set owner = excluded.owner, epoch = o.epoch + 1
        returning o.epoch, o.next_offset, o.last_number, o.last_hash, o.halted;
end $$;

create index policy_refusal_age on policy_refusal (refused_at);

-- Each process says every few seconds that it runs, in real time by the database's clock. One that is silent for an hour is
-- forgotten.
create table running_process (
    id      text        primary key,
    roles   text[]      not null,
    seen_at timestamptz not null
);
grant select on running_process to pep_worker;

create function say_running(p_id text, p_roles text[]) returns void
language sql security definer set search_path = public, pg_temp as $$
    delete from running_process where seen_at < clock_timestamp() - interval '1 hour';
    insert into running_process (id, roles, seen_at) values (p_id, p_roles, clock_timestamp())
    on conflict (id) do update set seen_at = excluded.seen_at;
$$;

create function say_stopped(p_id text) returns void
language sql security definer set search_path = public, pg_temp as $$ delete from running_process where id = p_id $$;

grant select on lease to pep_worker;

revoke execute on function end_decision, note_halt, claim_consumer, say_running, say_stopped from public;
grant execute on function end_decision, note_halt, claim_consumer to pep_app;
grant execute on function say_running, say_stopped to pep_worker;
