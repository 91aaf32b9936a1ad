-- A rebuild loads its rows into a temporary table of its own session, compares and swaps from there. A temporary table is
-- gone with its session, however that ends, and no other session sees its rows. Functions of the owner look in temporary
-- schemas last (0001-0004), so none of them can be misled by one.
do $$ begin
    execute format('grant temporary on database %I to pep_worker', current_database());
end $$;
