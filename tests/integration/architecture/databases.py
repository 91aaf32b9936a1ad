"""What must be true of every database: a row belongs to one authority, and nobody who signs in gets round that."""

from __future__ import annotations

from typing import Any

TABLES_OF_NO_AUTHORITY = {
    "lease": "who does a chore now, for all authorities at once",
    "lineage": "which PostgreSQL this is",
    "migration": "which files have run",
    "running_process": "which processes run, for all authorities at once",
}
SIGN_INS = ("pep_app", "pep_relay", "pep_worker")

OF_AUTHORITIES = """
    select c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity from pg_class c
    where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and c.relname <> all ($1::text[])
"""
UNPROTECTED = f"""
    select format('%s: row-level security is not forced', relname) from ({OF_AUTHORITIES}) as t
    where not (relrowsecurity and relforcerowsecurity)
"""
WITHOUT_PRIMARY_KEY = f"""
    select format('%s: no primary key', relname) from ({OF_AUTHORITIES}) as t
    where not exists (select from pg_index i where i.indrelid = t.oid and i.indisprimary)
"""
KEYS_WITHOUT_AUTHORITY = f"""
    select format('%s: %s is unique without authority', relname, i.indexrelid::regclass) from ({OF_AUTHORITIES}) as t
    join pg_index i on i.indrelid = t.oid and i.indisunique
    where not exists (select from pg_attribute a where a.attrelid = t.oid and a.attname = 'authority'
                      and a.attnum = any (i.indkey[0:i.indnkeyatts - 1]))
"""
OPEN_POLICIES = f"""
    select format('%s: policy %s shows the application every authority', relname, p.polname)
    from ({OF_AUTHORITIES}) as t join pg_policy p on p.polrelid = t.oid
    where (p.polroles = '{{0}}' or p.polroles && array(select oid from pg_roles where rolname = 'pep_app'))
      and (pg_get_expr(p.polqual, t.oid) <> '(authority = current_authority())'
           or coalesce(pg_get_expr(p.polwithcheck, t.oid), '') <> '(authority = current_authority())')
"""
# Whoever signs in: the three groups, and the logins that are members of them.
OWNED_BY_SIGN_INS = """
    with sign_in as (
        select r.oid, r.rolname from pg_roles r
        where r.rolname = any ($1::text[]) or exists (
            select from pg_auth_members m join pg_roles g on g.oid = m.roleid
            where m.member = r.oid and g.rolname = any ($1::text[])))
    select format('%s: owned by %s', o.name, s.rolname) from sign_in s join (
        select relname::text as name, relowner as owner from pg_class
        union all select proname, proowner from pg_proc
        union all select nspname, nspowner from pg_namespace
        union all select datname, datdba from pg_database where datname = current_database()) as o on o.owner = s.oid
    union all
    select format('%s: goes round row-level security', s.rolname) from sign_in s join pg_roles r on r.oid = s.oid
    where r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb
    union all
    select format('%s: can make tables', s.rolname) from sign_in s
    where has_schema_privilege(s.oid, 'public', 'create') or has_database_privilege(s.oid, current_database(), 'create')
    union all -- a rebuild needs temporary tables, and is the worker's
    select format('%s: can make temporary tables', s.rolname) from sign_in s
    where has_database_privilege(s.oid, current_database(), 'temporary')
      and not pg_has_role(s.oid, 'pep_worker', 'member')
"""
VIEWS_OF_THEIR_OWNER = """
    select format('%s: a view without security_invoker', relname) from pg_class
    where relkind in ('v', 'm') and relnamespace = 'public'::regnamespace and relname <> all ($1::text[])
      and (relkind = 'm' or not coalesce(reloptions && array['security_invoker=true', 'security_invoker=on'], false))
"""
FUNCTIONS_FOR_EVERYBODY = """
    select format('%s: executable by everybody', proname)
    from pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner)))
    where pronamespace = 'public'::regnamespace and grantee = 0 and proname <> all ($1::text[])
"""
# A function of the owner that looked among temporary tables first would take one of its caller's for ours.
DEFINERS_WITHOUT_PATH = """
    select format('%s: security definer without a search_path that ends with pg_temp', proname) from pg_proc
    where pronamespace = 'public'::regnamespace and prosecdef and proname <> all ($1::text[])
      and not exists (select from unnest(proconfig) as setting where setting like 'search\\_path=%, pg\\_temp')
"""
CHECKS = (
    UNPROTECTED,
    WITHOUT_PRIMARY_KEY,
    KEYS_WITHOUT_AUTHORITY,
    OPEN_POLICIES,
    VIEWS_OF_THEIR_OWNER,
    FUNCTIONS_FOR_EVERYBODY,
    DEFINERS_WITHOUT_PATH,
)


async def offences(connection: Any) -> list[str]:
    """What is wrong in this database, each with the name of the table, view, function or role."""
    exempt = list(TABLES_OF_NO_AUTHORITY)
    found = [row[0] for check in CHECKS for row in await connection.fetch(check, exempt)]
    return [*found, *(row[0] for row in await connection.fetch(OWNED_BY_SIGN_INS, list(SIGN_INS)))]
