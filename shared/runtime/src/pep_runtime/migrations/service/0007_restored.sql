-- A database that was put back is another lineage, also where the server is the same: then it is another database in it.
-- PJ002 holds until the relay has compared, or `pep recover` has taken back what is missing.

alter table lineage add database oid;
update lineage set database = (select d.oid from pg_database d where d.datname = current_database());

create or replace function check_lineage() returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    v_system bigint;
    v_timeline integer;
    v_database oid;
begin
    select s.system_identifier, c.timeline_id, d.oid into v_system, v_timeline, v_database
    from pg_control_system() s, pg_control_checkpoint() c, pg_database d where d.datname = current_database();
    insert into lineage (system_identifier, timeline, database) values (v_system, v_timeline, v_database)
    on conflict do nothing;
    update lineage set system_identifier = v_system, timeline = v_timeline, database = v_database
    where (system_identifier, timeline, database) is distinct from (v_system, v_timeline, v_database);
    if found then
        update journal_head set frozen = coalesce(frozen, 'lineage');
    end if;
end $$;

-- What was found goes before `lineage`, which says only that nobody has compared yet.
create or replace function freeze_authority(p_authority text, p_reason text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform set_config('app.authority', p_authority, true);
    update journal_head set frozen = coalesce(nullif(frozen, 'lineage'), p_reason) where authority = p_authority;
end $$;

-- The position of an event, by its id: who repeats a command or reads an announcement again finds that it was done,
-- also after the stored answer or the offset was lost with a restore. Null if there is none.
create function journal_position_of(p_authority text, p_event_id uuid) returns table ("position" bigint, recorded_at timestamptz)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform set_config('app.authority', p_authority, true);
    return query select j.position, j.recorded_at from journal j
                 where j.authority = p_authority and j.event_id = p_event_id;
end $$;

revoke execute on function journal_position_of from public;
grant execute on function journal_position_of to pep_app;
