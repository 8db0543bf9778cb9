-- Which process makes a call that nothing in the target holds back: its own session of the database, as JSON. Only
-- while that is there, or nobody can say, a second call is dangerous.
alter table attempts add column caller text;
