-- `journal_append` once more, with less work under the head's lock: the outcomes, the chain and what is refused are as before.
-- The answer to a key is written once, with its position, as soon as the head is locked: a twin waits for the head in place of
-- the key. Rows go in one by one, which is cheaper than twelve arrays unnested. A record is given back, not a set of them.
drop function journal_append;
-- Old answers are looked for by authority, once an hour; an index on their age cost each command more than it saved.
drop index command_answer_age;

create function journal_append(
    p_authority text, p_head_seen bigint, p_guarded text[], p_expected integer[],
    p_streams text[], p_versions integer[], p_event_ids uuid[], p_types text[], p_schema_versions smallint[],
    p_occurred timestamptz[], p_children text[], p_envelopes bytea[], p_payloads bytea[], p_announcements bytea[],
    p_recorded_at timestamptz, p_actor text, p_cause uuid, p_cause_recorded_at timestamptz, p_correlation uuid, p_trace text,
    p_policy_version text, p_key text, p_fingerprint bytea, p_file_names text[], p_file_contents bytea[],
    p_consumer text, p_topic text, p_epoch bigint, p_next_offset bigint, p_number bigint, p_hash bytea, p_parked boolean,
    p_refusal text, p_refusal_type text,
    out outcome text, out "position" bigint, out recorded_at timestamptz)
language plpgsql security definer set search_path = public, pg_temp
set lock_timeout = '5s' set idle_in_transaction_session_timeout = '10s' as $$
#variable_conflict use_column
declare
    v_head      journal_head;
    v_count     integer := cardinality(p_streams);
    v_recorded  timestamptz;
    v_micros    bytea;
    v_position  bigint;
    v_announced bigint;
    v_number    bigint;
    v_hash      bytea;
    v_stored    command_answer;
begin
    if coalesce(p_authority, '') = '' then
        raise exception 'An append needs an authority.' using errcode = 'PJ004';
    end if;
    perform set_config('app.authority', p_authority, true);

    if v_count > 0 then
        select * into v_head from journal_head h where h.authority = p_authority and h.log = 'journal' for update;
        if not found then
            raise exception 'There is no authority %.', p_authority using errcode = 'PJ004';
        end if;
        v_recorded := greatest(p_recorded_at, v_head.recorded_at, p_cause_recorded_at + interval '1 microsecond');
        if p_key is not null then
            insert into command_answer (authority, actor, key, fingerprint, position, recorded_at)
            values (p_authority, p_actor, p_key, p_fingerprint, v_head.position + v_count, v_recorded) on conflict do nothing;
            if not found then
                select * into strict v_stored from command_answer a
                where a.authority = p_authority and a.actor = p_actor and a.key = p_key;
                if v_stored.fingerprint <> p_fingerprint then
                    raise exception 'This key was used for another command.' using errcode = 'PJ005';
                end if;
                outcome := 'repeated'; position := v_stored.position; recorded_at := v_stored.recorded_at;
                return;
            end if;
        end if;
        if v_head.frozen is not null then
            raise exception 'Frozen: %', v_head.frozen using errcode = 'PJ002';
        end if;
    end if;

    if p_consumer is not null and p_parked then
        perform unpark(p_authority, p_consumer, p_topic, p_epoch, p_number);
    elsif p_consumer is not null then
        perform move_offset(p_authority, p_consumer, p_topic, p_epoch, p_next_offset, p_number, p_hash);
    end if;
    if p_refusal is not null then
        insert into policy_refusal (authority, consumer, cause, type, child_ref, sentence, refused_at)
        values (p_authority, p_consumer, p_cause, p_refusal_type, p_children[1], p_refusal, p_recorded_at)
        on conflict do nothing;
    end if;
    if v_count = 0 then
        outcome := 'nothing'; position := p_head_seen; recorded_at := p_recorded_at;
        return;
    end if;

    if exists (select from journal j where j.authority = p_authority and j.event_id = p_event_ids[1]) then
        update command_answer a set position = v_head.position, recorded_at = p_recorded_at
        where a.authority = p_authority and a.actor = p_actor and a.key = p_key;
        outcome := 'already'; position := v_head.position; recorded_at := v_head.recorded_at;
        return;
    end if;

    if v_head.position <> p_head_seen then
        for i in 1 .. cardinality(p_guarded) loop
            if p_expected[i] <> coalesce((select max(j.version) from journal j
                                          where j.authority = p_authority and j.stream = p_guarded[i]), 0) then
                raise exception 'Something else happened to % meanwhile.', p_guarded[i] using errcode = 'PJ001';
            end if;
        end loop;
    end if;

    if p_cause_recorded_at > p_recorded_at + interval '5 seconds' then
        raise exception 'The cause was recorded ahead of this clock.' using errcode = 'PJ006';
    end if;
    v_micros := int8send((extract(epoch from v_recorded) * 1000000)::bigint);
    v_position := v_head.position;
    v_announced := v_head.announced;
    v_hash := v_head.hash;
    for i in 1 .. v_count loop
        if octet_length(p_envelopes[i]) + octet_length(p_payloads[i]) + coalesce(octet_length(p_announcements[i]), 0) > 900000 then
            raise exception 'One event is larger than 900,000 bytes.' using errcode = 'PJ007';
        end if;
        v_position := v_position + 1;
        v_number := null;
        if p_announcements[i] is not null then
            v_announced := v_announced + 1;
            v_number := v_announced;
        end if;
        v_hash := sha256(v_hash || int8send(v_position) || v_micros || int8send(coalesce(v_number, 0))
                         || sha256(p_envelopes[i]) || sha256(p_payloads[i]) || sha256(coalesce(p_announcements[i], '')));
        insert into journal (authority, position, stream, version, event_id, type, schema_version, occurred_at, recorded_at,
                             actor, cause, correlation, trace, policy_version, child_ref, envelope, payload, hash, announced,
                             announcement)
        values (p_authority, v_position, p_streams[i], p_versions[i], p_event_ids[i], p_types[i], p_schema_versions[i],
                p_occurred[i], v_recorded, p_actor, p_cause, p_correlation, p_trace, p_policy_version, p_children[i],
                p_envelopes[i], p_payloads[i], v_hash, v_number, p_announcements[i]);
    end loop;

    update journal_head h set position = v_position, announced = v_announced, hash = v_hash, recorded_at = v_recorded
    where h.authority = p_authority and h.log = 'journal';
    for i in 1 .. coalesce(cardinality(p_file_names), 0) loop
        insert into stored_file (authority, name, position, content)
        values (p_authority, p_file_names[i], v_position, p_file_contents[i]);
    end loop;
    outcome := 'appended'; position := v_position; recorded_at := v_recorded;
end $$;

revoke execute on function journal_append from public;
grant execute on function journal_append to pep_app;
