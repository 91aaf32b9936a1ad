-- The PEP meetings of a child, so that a corrected record brings back the one before.
alter table child_overview
    add column peps text[] not null default '{}',
    drop column next_pep_agreed,
    drop column next_review;
alter table review_ahead add column peps text[] not null default '{}';
