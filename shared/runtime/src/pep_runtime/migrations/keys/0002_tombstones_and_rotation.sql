-- A key keeps its name when it is wrapped anew; destroyed keys stay destroyed, those that were never made too; an
-- authority's secret for references stands beside its subjects' keys.

-- The hash of the wrapped key as it was first stored: two backups say by it whether theirs is the same key.
alter table subject_key add column key_id bytea;
alter table subject_key no force row level security;
update subject_key set key_id = sha256(wrapped);
alter table subject_key force row level security;
alter table subject_key add check ((wrapped is null) or (key_id is not null));

alter table subject_key drop constraint subject_key_data_class_check;
alter table subject_key add check (
    data_class in ('identity', 'plan', 'contact', 'third_party')
    or (subject = 'authority' and data_class = 'references' and wrapped is not null)
);

create or replace function subject_keys(p_authority text, p_subject text, p_classes text[], p_offered bytea[])
returns table (data_class text, wrapped bytea, destroyed_at timestamptz, reason text)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform set_config('app.authority', p_authority, true);
    insert into subject_key (authority, subject, data_class, wrapped, key_id)
    select p_authority, p_subject, o.data_class, o.wrapped, sha256(o.wrapped)
    from unnest(p_classes, p_offered) as o (data_class, wrapped)
    where o.wrapped is not null
    on conflict do nothing;
    return query select k.data_class, k.wrapped, k.destroyed_at, k.reason from subject_key k
                 where k.authority = p_authority and k.subject = p_subject and k.data_class = any (p_classes);
end $$;

-- All classes of a subject; gives how many keys there were. What was destroyed before keeps its day and reason.
create function destroy_keys(p_authority text, p_subject text, p_reason text, p_at timestamptz)
returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    v_found integer;
begin
    if p_reason is null or p_reason = '' or p_at is null then
        raise 'a destroyed key says why and when' using errcode = 'invalid_parameter_value';
    end if;
    perform set_config('app.authority', p_authority, true);
    select count(*) into v_found from subject_key
    where authority = p_authority and subject = p_subject and data_class <> 'references' and wrapped is not null;
    insert into subject_key (authority, subject, data_class, destroyed_at, reason)
    select p_authority, p_subject, o, p_at, p_reason
    from unnest(array['identity', 'plan', 'contact', 'third_party']) as o
    on conflict (authority, subject, data_class) do update
    set wrapped = null, key_id = null, destroyed_at = excluded.destroyed_at, reason = excluded.reason
    where subject_key.wrapped is not null;
    return v_found;
end $$;

revoke execute on function destroy_keys(text, text, text, timestamptz) from public;
grant execute on function destroy_keys(text, text, text, timestamptz) to pep_app;
