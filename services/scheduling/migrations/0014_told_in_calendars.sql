-- Whether the details of a meeting were sent: until then it stands in calendars as tentative.
alter table meeting_in_calendar add column told boolean not null default false;
