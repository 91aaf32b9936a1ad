-- One call loads, one call appends. The head's lock is never held across a round trip: a process that is paused in the middle
-- of a command stops nobody. Outcomes that are not success have SQLSTATEs of their own:
--   PJ001 version conflict   PJ002 frozen    PJ003 fenced (another owner, or already passed)   PJ004 no such authority
--   PJ005 key used for another command       PJ006 cause ahead of the clock                     PJ007 too large

create function open_authority(p_authority text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform set_config('app.authority', p_authority, true);
    insert into journal_head (authority) values (p_authority) on conflict do nothing;
end $$;

-- The head first (its row has no stream), then the events: what was appended in between is found again by its version.
create function journal_load(p_authority text, p_streams text[], p_child text, p_actor text, p_key text)
returns table (stream text, version integer, type text, schema_version smallint, payload bytea, "position" bigint,
               fingerprint bytea, recorded_at timestamptz)
language plpgsql security definer set search_path = public, pg_temp
set lock_timeout = '5s' as $$
begin
    perform set_config('app.authority', p_authority, true);
    return query
        select null::text, null::integer, null::text, null::smallint, null::bytea, coalesce(a.position, h.position),
               a.fingerprint, a.recorded_at
        from journal_head h
        left join command_answer a on a.authority = h.authority and a.actor = p_actor and a.key = p_key
        where h.authority = p_authority and h.log = 'journal';
    if not found then
        raise exception 'There is no authority %.', p_authority using errcode = 'PJ004';
    end if;
    return query
        select j.stream, j.version, j.type, j.schema_version, j.payload, j.position, null::bytea, j.recorded_at
        from journal j
        where j.authority = p_authority and j.stream = any (p_streams)
        order by j.position;
    if p_child is not null then
        return query
            select j.stream, j.version, j.type, j.schema_version, j.payload, j.position, null::bytea, j.recorded_at
            from journal j
            where j.authority = p_authority and j.child_ref = p_child and not j.stream = any (p_streams)
            order by j.position;
    end if;
end $$;

-- Moves a consumer's offset under its epoch; a zombie finds that it has been replaced, a twin that it has been overtaken.
create function move_offset(p_authority text, p_consumer text, p_topic text, p_epoch bigint, p_next_offset bigint,
                            p_number bigint, p_hash bytea)
returns void language plpgsql as $$
begin
    update consumer_offset o
    set next_offset = p_next_offset, last_number = p_number, last_hash = p_hash
    where o.authority = p_authority and o.consumer = p_consumer and o.topic = p_topic
      and o.epoch = p_epoch and o.last_number < p_number;
    if not found then
        raise exception 'Another owner reads %, or it has passed %.', p_topic, p_number using errcode = 'PJ003';
    end if;
end $$;

-- Takes a parked record out of the queue, under the epoch of its partition's owner.
create function unpark(p_authority text, p_consumer text, p_topic text, p_epoch bigint, p_number bigint)
returns void language plpgsql as $$
begin
    delete from parked_event e
    using consumer_offset o
    where e.authority = p_authority and e.consumer = p_consumer and e.topic = p_topic and e.number = p_number
      and o.authority = e.authority and o.consumer = e.consumer and o.topic = e.topic and o.epoch = p_epoch;
    if not found then
        raise exception 'Another owner reads %, or % is not parked.', p_topic, p_number using errcode = 'PJ003';
    end if;
end $$;

create function journal_append(
    p_authority text, p_head_seen bigint, p_guarded text[], p_expected integer[],
    p_streams text[], p_versions integer[], p_event_ids uuid[], p_types text[], p_schema_versions smallint[],
    p_occurred timestamptz[], p_children text[], p_envelopes bytea[], p_payloads bytea[], p_announcements bytea[],
    p_recorded_at timestamptz, p_actor text, p_cause uuid, p_cause_recorded_at timestamptz, p_correlation uuid, p_trace text,
    p_policy_version text, p_key text, p_fingerprint bytea, p_file_names text[], p_file_contents bytea[],
    p_consumer text, p_topic text, p_epoch bigint, p_next_offset bigint, p_number bigint, p_hash bytea, p_parked boolean,
    p_refusal text, p_refusal_type text)
returns table (outcome text, "position" bigint, recorded_at timestamptz)
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
    v_hash      bytea;
    v_hashes    bytea[] := '{}';
    v_numbers   bigint[] := '{}';
    v_number    bigint;
    v_stream    text;
    v_stored    command_answer;
begin
    if coalesce(p_authority, '') = '' then
        raise exception 'An append needs an authority.' using errcode = 'PJ004';
    end if;
    perform set_config('app.authority', p_authority, true);

    if p_key is not null and v_count > 0 then
        insert into command_answer (authority, actor, key, fingerprint, recorded_at)
        values (p_authority, p_actor, p_key, p_fingerprint, p_recorded_at) on conflict do nothing;
        if not found then
            select * into strict v_stored from command_answer a
            where a.authority = p_authority and a.actor = p_actor and a.key = p_key;
            if v_stored.fingerprint <> p_fingerprint then
                raise exception 'This key was used for another command.' using errcode = 'PJ005';
            end if;
            return query select 'repeated', v_stored.position, v_stored.recorded_at;
            return;
        end if;
    end if;

    if v_count > 0 then
        select * into v_head from journal_head h where h.authority = p_authority and h.log = 'journal' for update;
        if not found then
            raise exception 'There is no authority %.', p_authority using errcode = 'PJ004';
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
        return query select 'nothing', p_head_seen, p_recorded_at;
        return;
    end if;

    if exists (select from journal j where j.authority = p_authority and j.event_id = p_event_ids[1]) then
        update command_answer a set position = v_head.position
        where a.authority = p_authority and a.actor = p_actor and a.key = p_key;
        return query select 'already', v_head.position, v_head.recorded_at;
        return;
    end if;

    if v_head.position <> p_head_seen then
        select g.stream into v_stream
        from unnest(p_guarded, p_expected) as g (stream, expected)
        where g.expected <> coalesce((select max(j.version) from journal j
                                      where j.authority = p_authority and j.stream = g.stream), 0)
        limit 1;
        if found then
            raise exception 'Something else happened to % meanwhile.', v_stream using errcode = 'PJ001';
        end if;
    end if;

    if p_cause_recorded_at > p_recorded_at + interval '5 seconds' then
        raise exception 'The cause was recorded ahead of this clock.' using errcode = 'PJ006';
    end if;
    v_recorded := greatest(p_recorded_at, v_head.recorded_at, p_cause_recorded_at + interval '1 microsecond');
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
        v_hashes := array_append(v_hashes, v_hash);
        v_numbers := array_append(v_numbers, v_number);
    end loop;

    insert into journal (authority, position, stream, version, event_id, type, schema_version, occurred_at, recorded_at, actor,
                         cause, correlation, trace, policy_version, child_ref, envelope, payload, hash, announced, announcement)
    select p_authority, v_head.position + e.ordinality, e.stream, e.version, e.event_id, e.type, e.schema_version, e.occurred,
           v_recorded, p_actor, p_cause, p_correlation, p_trace, p_policy_version, e.child, e.envelope, e.payload, e.hash,
           e.number, e.announcement
    from unnest(p_streams, p_versions, p_event_ids, p_types, p_schema_versions, p_occurred, p_children, p_envelopes,
                p_payloads, p_announcements, v_hashes, v_numbers) with ordinality
         as e (stream, version, event_id, type, schema_version, occurred, child, envelope, payload, announcement, hash, number);

    update journal_head h set position = v_position, announced = v_announced, hash = v_hash, recorded_at = v_recorded
    where h.authority = p_authority and h.log = 'journal';
    if p_key is not null then
        update command_answer a set position = v_position, recorded_at = v_recorded
        where a.authority = p_authority and a.actor = p_actor and a.key = p_key;
    end if;
    insert into stored_file (authority, name, position, content)
    select p_authority, f.name, v_position, f.content from unnest(p_file_names, p_file_contents) as f (name, content);
    return query select 'appended', v_position, v_recorded;
end $$;

-- A partition's reader says that it is the owner now; whoever was before is fenced from here on.
create function claim_consumer(p_consumer text, p_authority text, p_topic text, p_owner text)
returns table (epoch bigint, next_offset bigint, last_number bigint, last_hash bytea)
language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '5s' as $$
begin
    perform set_config('app.authority', p_authority, true);
    if not exists (select from journal_head h where h.authority = p_authority) then
        raise exception 'There is no authority %.', p_authority using errcode = 'PJ004';
    end if;
    return query
        insert into consumer_offset as o (consumer, authority, topic, owner, epoch) values (p_consumer, p_authority, p_topic, p_owner, 1)
        on conflict (authority, consumer, topic) do update set owner = excluded.owner, epoch = o.epoch + 1
        returning o.epoch, o.next_offset, o.last_number, o.last_hash;
end $$;

-- Puts a record aside, with all that is needed to try it again, and moves on in the same breath.
create function park_event(p_authority text, p_consumer text, p_topic text, p_epoch bigint, p_next_offset bigint,
                           p_number bigint, p_hash bytea, p_event_key text, p_headers text[], p_contents bytea[], p_value bytea,
                           p_error text, p_parked_at timestamptz)
returns void language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '5s' as $$
begin
    perform set_config('app.authority', p_authority, true);
    perform move_offset(p_authority, p_consumer, p_topic, p_epoch, p_next_offset, p_number, p_hash);
    insert into parked_event (authority, consumer, topic, number, key, headers, contents, value, error, parked_at)
    values (p_authority, p_consumer, p_topic, p_number, p_event_key, p_headers, p_contents, p_value, p_error, p_parked_at);
end $$;

-- A parked record that failed again waits for the next person who asks for it.
create function keep_parked(p_authority text, p_consumer text, p_topic text, p_number bigint, p_error text)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform set_config('app.authority', p_authority, true);
    update parked_event e set retry = false, error = p_error
    where e.authority = p_authority and e.consumer = p_consumer and e.topic = p_topic and e.number = p_number;
end $$;

revoke execute on all functions in schema public from public;
grant execute on function current_authority() to pep_app, pep_relay, pep_worker;
grant execute on function journal_load, journal_append, claim_consumer, park_event, keep_parked to pep_app;
