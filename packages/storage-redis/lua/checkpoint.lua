#!lua flags=allow-oom
-- Puts or deletes a checkpoint, and tells the other processes.
--
-- KEYS 1 the checkpoints
-- ARGV key, whether there is a value (1, 0), value, channel, what is said there
-- -> 1
-- Crash: one step.
if ARGV[2] == '1' then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
else
  redis.call('HDEL', KEYS[1], ARGV[1])
end
redis.call('PUBLISH', ARGV[4], ARGV[5])
return 1
