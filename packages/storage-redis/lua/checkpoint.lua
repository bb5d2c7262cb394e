#!lua flags=allow-oom
-- Puts or deletes a checkpoint, and tells the other processes.
--
-- KEYS 1 the checkpoints, 2 the named lease whose holder alone may write (left out: everybody may)
-- ARGV key, whether there is a value (1, 0), value, channel, what is said there, the holder's token
-- -> 1; 0: another has taken the lease since, nothing was changed
-- Crash: one step.
if KEYS[2] and redis.call('HGET', KEYS[2], 'token') ~= ARGV[6] then return 0 end
if ARGV[2] == '1' then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
else
  redis.call('HDEL', KEYS[1], ARGV[1])
end
redis.call('PUBLISH', ARGV[4], ARGV[5])
return 1
