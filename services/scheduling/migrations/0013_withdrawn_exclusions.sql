-- Suspensions and exclusions that do not stand, and urgent PEPs that rested on them.
alter table exclusion
    add column withdrawn_on      date,
    add column withdrawn_because text,
    add column withdrawn_reason  text,
    add column half_days_served  bigint,
    add column back_on           date;
alter table urgent_pep
    add column withdrawn_on date;
