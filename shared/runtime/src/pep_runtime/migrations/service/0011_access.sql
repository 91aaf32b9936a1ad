-- Who has looked: every request that showed records of a child, or was refused them. A log of its own beside the journal, with
-- its own head, dense and chained alike, so that reading waits for nobody who writes. Its rows have the journal's columns: what
-- publishes, verifies and takes back the one does so with the other. No personal text stands in it.

create table access (like journal including defaults including constraints, primary key (authority, position));
select protect('access');
create policy read_all on access for select to pep_relay, pep_worker using (true);
grant select on access to pep_relay, pep_worker;
create trigger access_is_append_only before update or delete on access for each row execute function refuse_change();
create trigger access_is_never_truncated before truncate on access for each statement execute function refuse_change();

create or replace function open_authority(p_authority text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform set_config('app.authority', p_authority, true);
    insert into journal_head (authority, log) values (p_authority, 'journal'), (p_authority, 'access') on conflict do nothing;
end $$;
insert into journal_head (authority, log) select authority, 'access' from journal_head where log = 'journal';

-- All entries that wait at this moment, in one call. A stream is one request: it has one entry, with the version 1.
create function access_append(p_authority text, p_recorded_at timestamptz, p_type text, p_schema_version smallint, p_event_ids uuid[],
                              p_occurred timestamptz[], p_streams text[], p_actors text[], p_traces text[], p_children text[],
                              p_envelopes bytea[], p_payloads bytea[])
returns bigint language plpgsql security definer set search_path = public, pg_temp
set lock_timeout = '5s' set idle_in_transaction_session_timeout = '10s' as $$
declare
    v_head     journal_head;
    v_recorded timestamptz;
    v_micros   bytea;
begin
    perform set_config('app.authority', coalesce(p_authority, ''), true);
    select * into v_head from journal_head h where h.authority = p_authority and h.log = 'access' for update;
    if not found then
        raise exception 'There is no authority %.', p_authority using errcode = 'PJ004';
    end if;
    if v_head.frozen is not null then
        raise exception 'Frozen: %', v_head.frozen using errcode = 'PJ002';
    end if;
    v_recorded := greatest(p_recorded_at, v_head.recorded_at);
    v_micros := int8send((extract(epoch from v_recorded) * 1000000)::bigint);
    for i in 1 .. cardinality(p_streams) loop
        if octet_length(p_envelopes[i]) + octet_length(p_payloads[i]) > 900000 then
            raise exception 'One entry is larger than 900,000 bytes.' using errcode = 'PJ007';
        end if;
        v_head.position := v_head.position + 1;
        v_head.hash := sha256(v_head.hash || int8send(v_head.position) || v_micros || int8send(0)
                              || sha256(p_envelopes[i]) || sha256(p_payloads[i]) || sha256(''));
        insert into access (authority, position, stream, version, event_id, type, schema_version, occurred_at, recorded_at, actor,
                            correlation, trace, child_ref, envelope, payload, hash)
        values (p_authority, v_head.position, p_streams[i], 1, p_event_ids[i], p_type, p_schema_version, p_occurred[i], v_recorded,
                p_actors[i], p_event_ids[i], p_traces[i], p_children[i], p_envelopes[i], p_payloads[i], v_head.hash);
    end loop;
    update journal_head h set position = v_head.position, hash = v_head.hash, recorded_at = v_recorded
    where h.authority = p_authority and h.log = 'access';
    return v_head.position;
end $$;

-- The relay's place in each log; and each log is frozen by itself: a journal that must be looked into can be read meanwhile.
alter table relay_cursor add column log text not null default 'journal' check (log in ('journal', 'access'));
alter table relay_cursor drop constraint relay_cursor_pkey, add primary key (authority, log);

drop function freeze_authority;
drop function thaw_authority;
create function freeze_authority(p_authority text, p_reason text, p_log text default 'journal') returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform set_config('app.authority', p_authority, true);
    update journal_head set frozen = coalesce(nullif(frozen, 'lineage'), p_reason) where authority = p_authority and log = p_log;
end $$;

create function thaw_authority(p_authority text, p_reason text, p_log text default 'journal') returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform set_config('app.authority', p_authority, true);
    update journal_head set frozen = null where authority = p_authority and frozen = p_reason and log = p_log;
end $$;

revoke execute on function access_append, freeze_authority, thaw_authority from public;
grant execute on function access_append to pep_app;
grant execute on function freeze_authority, thaw_authority to pep_relay;
