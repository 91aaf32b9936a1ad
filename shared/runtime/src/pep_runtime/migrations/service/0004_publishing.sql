-- What the relay and the projector keep: how far they are. Tables without an authority are listed in the architecture test.

create table relay_cursor (
    authority text   not null check (authority <> ''),
    position  bigint not null default 0,
    primary key (authority)
);
select protect('relay_cursor');
create policy relay_moves on relay_cursor to pep_relay using (true) with check (true);
grant select, insert, update on relay_cursor to pep_relay;
create policy read_all on relay_cursor for select to pep_worker using (true);
grant select on relay_cursor to pep_worker;

create table lease (
    name   text        primary key,
    holder text        not null,
    epoch  bigint      not null default 1,
    until  timestamptz not null
);

-- One holder at a time, for economy only: correctness does not rest on it. Real time, by the database's clock.
create function take_lease(p_name text, p_holder text, p_seconds double precision) returns bigint
language sql security definer set search_path = public, pg_temp as $$
    insert into lease as l (name, holder, until) values (p_name, p_holder, clock_timestamp() + make_interval(secs => p_seconds))
    on conflict (name) do update
        set holder = excluded.holder, until = excluded.until, epoch = l.epoch + (l.holder <> excluded.holder)::integer
        where l.holder = excluded.holder or l.until < clock_timestamp()
    returning l.epoch;
$$;

create function give_lease_back(p_name text, p_holder text) returns void
language sql security definer set search_path = public, pg_temp as $$
    delete from lease where name = p_name and holder = p_holder;
$$;

-- Which PostgreSQL this is. A restored or failed-over server is another lineage: nothing is appended until the relay has
-- compared the journal with its topics.
create table lineage (
    only_row          boolean primary key default true check (only_row),
    system_identifier bigint  not null,
    timeline          integer not null
);

create function freeze_authority(p_authority text, p_reason text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform set_config('app.authority', p_authority, true);
    update journal_head set frozen = coalesce(frozen, p_reason) where authority = p_authority;
end $$;

create function thaw_authority(p_authority text, p_reason text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform set_config('app.authority', p_authority, true);
    update journal_head set frozen = null where authority = p_authority and frozen = p_reason;
end $$;

create table projection_position (
    authority text   not null check (authority <> ''),
    model     text   not null,
    position  bigint not null default 0,
    primary key (authority, model)
);
select protect_read_model('projection_position');
create policy read_all on projection_position for select to pep_worker using (true);

create table colleague (
    authority            text   not null check (authority <> ''),
    person_ref           text   not null,
    role                 text   not null,
    school_urn           text,
    approval_limit_pence bigint not null,
    primary key (authority, person_ref)
);
select protect_read_model('colleague');

create policy owner_keeps_heads on journal_head to pep_owner using (true) with check (true);

create function check_lineage() returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    v_system bigint;
    v_timeline integer;
begin
    select s.system_identifier, c.timeline_id into v_system, v_timeline from pg_control_system() s, pg_control_checkpoint() c;
    insert into lineage (system_identifier, timeline) values (v_system, v_timeline) on conflict do nothing;
    update lineage set system_identifier = v_system, timeline = v_timeline
    where (system_identifier, timeline) is distinct from (v_system, v_timeline);
    if found then
        update journal_head set frozen = coalesce(frozen, 'lineage');
    end if;
end $$;

revoke execute on function take_lease, give_lease_back, freeze_authority, thaw_authority, check_lineage from public;
grant execute on function take_lease, give_lease_back to pep_relay, pep_worker;
grant execute on function freeze_authority, thaw_authority to pep_relay;
grant execute on function check_lineage to pep_app, pep_relay, pep_worker;
