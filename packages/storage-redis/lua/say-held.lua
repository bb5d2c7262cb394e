#!lua flags=allow-oom
-- Says what is in a process's log, for the others to count. It is done where there is no memory left, too.
--
-- KEYS 1 what each process has said
-- ARGV name, the JSON
-- -> 1
-- Crash: one step.
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
