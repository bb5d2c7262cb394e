#!lua flags=allow-oom
-- A process's time was over before it renewed its name, and nobody has taken over from it: it goes on.
--
-- KEYS 1 the process's log, 2 its name while it lives
-- ARGV time to live in ms
-- -> 1; FENCED: it was taken for dead
-- Crash: nothing that matters.
if redis.call('EXISTS', KEYS[1]) == 0 then return redis.error_reply('FENCED this process was taken for dead') end
redis.call('SET', KEYS[2], '1', 'PX', ARGV[1])
return 1
