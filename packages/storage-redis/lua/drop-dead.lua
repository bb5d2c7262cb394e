#!lua flags=allow-oom
-- Removes dead letters.
--
-- KEYS 1 the ids of all
-- ARGV prefix, then ids
-- -> how many there were
-- Crash: one step.
local call, prefix = redis.call, ARGV[1]
local dropped = 0
for n = 2, #ARGV do
  local route = call('HGET', prefix .. 'dead:' .. ARGV[n], 'route')
  if route then
    dropped = dropped + 1
    call('DEL', prefix .. 'dead:' .. ARGV[n])
    call('ZREM', KEYS[1], ARGV[n])
    if call('HINCRBY', prefix .. 'dead-count', route, -1) <= 0 then call('HDEL', prefix .. 'dead-count', route) end
  end
end
return dropped
