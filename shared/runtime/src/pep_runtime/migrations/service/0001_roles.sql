-- Who does what in a service's database. Logins are members of these groups; the service's own login may connect to its own
-- database only. `pep_owner` owns everything and no service signs in as it.

create function current_authority() returns text
language sql stable as $$ select nullif(current_setting('app.authority', true), '') $$;

-- Row-level security, for everyone and for the owner too: without FORCE, a function of the owner sees every authority.
create function protect(relation text) returns void language plpgsql as $$
begin
    execute format('alter table %I enable row level security', relation);
    execute format('alter table %I force row level security', relation);
    execute format('create policy one_authority on %I using (authority = current_authority())'
                   ' with check (authority = current_authority())', relation);
end $$;

-- A read model: the application reads it, the projector writes it, one authority at a time.
create function protect_read_model(relation text) returns void language plpgsql as $$
begin
    perform protect(relation);
    execute format('grant select on %I to pep_app, pep_worker', relation);
    execute format('grant insert, update, delete, truncate on %I to pep_worker', relation);
end $$;
