-- Who let a flag be, and why.
alter table fact_flag
    add column by     text,
    add column reason text;
