-- From when on those who were around a child see the record no more, since care ended.
alter table child_overview add column closes_on date;
