-- A verified copy of every service's access log, byte for byte, and by whose records: who has looked at them.

create table access_copy (
    authority   text        not null check (authority <> ''),
    service     text        not null,
    position    bigint      not null,
    recorded_at timestamptz not null,
    envelope    bytea       not null,
    payload     bytea       not null,
    hash        bytea       not null,
    primary key (authority, service, position)
);
create trigger access_copy_is_append_only before update or delete on access_copy for each row execute function refuse_change();
create trigger access_copy_is_never_truncated before truncate on access_copy for each statement execute function refuse_change();

-- One request may have shown the records of many. A table and no array: under row-level security no index on an array is used.
create table look (
    authority   text        not null check (authority <> ''),
    about       text        not null,
    recorded_at timestamptz not null,
    service     text        not null,
    position    bigint      not null,
    person_ref  text        not null,
    primary key (authority, about, recorded_at, service, position)
);
select protect('access_copy'), protect('look');
grant select on access_copy, look to pep_app, pep_worker;

-- Copies and the place in the topic move together, under the epoch of the topic's owner. `p_about`: references with commas between.
create function take_looks(p_authority text, p_service text, p_consumer text, p_topic text, p_epoch bigint, p_next_offset bigint,
                           p_positions bigint[], p_recorded timestamptz[], p_people text[], p_about text[],
                           p_envelopes bytea[], p_payloads bytea[], p_hashes bytea[])
returns void language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '5s' as $$
declare
    v_last integer := cardinality(p_positions);
begin
    perform set_config('app.authority', p_authority, true);
    perform move_offset(p_authority, p_consumer, p_topic, p_epoch, p_next_offset, p_positions[v_last], p_hashes[v_last]);
    insert into access_copy (authority, service, position, recorded_at, envelope, payload, hash)
    select p_authority, p_service, c.* from unnest(p_positions, p_recorded, p_envelopes, p_payloads, p_hashes) as c;
    insert into look (authority, about, recorded_at, service, position, person_ref)
    select p_authority, unnest(string_to_array(c.about, ',')), c.recorded_at, p_service, c.position, c.person_ref
    from unnest(p_positions, p_recorded, p_people, p_about) as c (position, recorded_at, person_ref, about);
end $$;

revoke execute on function take_looks from public;
grant execute on function take_looks to pep_app;
