-- Keys of personal data, in a database of their own: a backup of the journals does not bring a destroyed key back.

create function current_authority() returns text
language sql stable as $$ select nullif(current_setting('app.authority', true), '') $$;

create table subject_key (
    authority    text        not null check (authority <> ''),
    subject      text        not null,
    data_class   text        not null check (data_class in ('identity', 'plan', 'contact', 'third_party')),
    wrapped      bytea,
    destroyed_at timestamptz,
    reason       text,
    primary key (authority, subject, data_class),
    check ((wrapped is null) = (destroyed_at is not null))
);
alter table subject_key enable row level security;
alter table subject_key force row level security;
create policy one_authority on subject_key using (authority = current_authority()) with check (authority = current_authority());

-- The keys of one subject. Where none is, the offered one is kept; a destroyed one stays destroyed.
create function subject_keys(p_authority text, p_subject text, p_classes text[], p_offered bytea[])
returns table (data_class text, wrapped bytea, destroyed_at timestamptz, reason text)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform set_config('app.authority', p_authority, true);
    insert into subject_key (authority, subject, data_class, wrapped)
    select p_authority, p_subject, o.data_class, o.wrapped
    from unnest(p_classes, p_offered) as o (data_class, wrapped)
    where o.wrapped is not null
    on conflict do nothing;
    return query select k.data_class, k.wrapped, k.destroyed_at, k.reason from subject_key k
                 where k.authority = p_authority and k.subject = p_subject and k.data_class = any (p_classes);
end $$;

revoke execute on all functions in schema public from public;
grant execute on function current_authority(), subject_keys(text, text, text[], bytea[]) to pep_app;
