-- A verified copy of every service's journal, byte for byte. Personal values in it are sealed, as they are in the original.

create table copy (
    authority    text        not null check (authority <> ''),
    service      text        not null,
    position     bigint      not null,
    recorded_at  timestamptz not null,
    announced    bigint      not null,
    child_ref    text,
    envelope     bytea       not null,
    payload      bytea       not null,
    announcement bytea       not null,
    hash         bytea       not null,
    primary key (authority, service, position)
);
create index copy_story on copy (authority, child_ref, recorded_at, service, position) where child_ref is not null;
create index copy_known on copy (authority, service, recorded_at, position);
select protect('copy');
grant select on copy to pep_app, pep_worker;
create trigger copy_is_append_only before update or delete on copy for each row execute function refuse_change();
create trigger copy_is_never_truncated before truncate on copy for each statement execute function refuse_change();

-- Where copying had to stop: what came next in the topic is not what the chain says must come next.
create table copy_stop (
    authority  text        not null check (authority <> ''),
    service    text        not null,
    position   bigint      not null,
    reason     text        not null,
    noticed_at timestamptz not null,
    primary key (authority, service)
);
select protect('copy_stop');
grant select on copy_stop to pep_app, pep_worker;

-- Copies and the place in the topic move together, under the epoch of the topic's owner.
create function take_copies(p_authority text, p_service text, p_consumer text, p_topic text, p_epoch bigint, p_next_offset bigint,
                            p_positions bigint[], p_recorded timestamptz[], p_announced bigint[], p_children text[],
                            p_envelopes bytea[], p_payloads bytea[], p_announcements bytea[], p_hashes bytea[])
returns void language plpgsql security definer set search_path = public set lock_timeout = '5s' as $$
declare
    v_last integer := cardinality(p_positions);
begin
    perform set_config('app.authority', p_authority, true);
    perform move_offset(p_authority, p_consumer, p_topic, p_epoch, p_next_offset, p_positions[v_last], p_hashes[v_last]);
    insert into copy (authority, service, position, recorded_at, announced, child_ref, envelope, payload, announcement, hash)
    select p_authority, p_service, c.*
    from unnest(p_positions, p_recorded, p_announced, p_children, p_envelopes, p_payloads, p_announcements, p_hashes) as c;
    delete from copy_stop s where s.authority = p_authority and s.service = p_service;
end $$;

create function stop_copying(p_authority text, p_service text, p_position bigint, p_reason text, p_noticed_at timestamptz)
returns void language plpgsql security definer set search_path = public as $$
begin
    perform set_config('app.authority', p_authority, true);
    insert into copy_stop (authority, service, position, reason, noticed_at)
    values (p_authority, p_service, p_position, p_reason, p_noticed_at)
    on conflict (authority, service) do update
        set position = excluded.position, reason = excluded.reason, noticed_at = excluded.noticed_at;
end $$;

revoke execute on function take_copies, stop_copying from public;
grant execute on function take_copies, stop_copying to pep_app;
