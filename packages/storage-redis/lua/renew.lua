#!lua flags=allow-oom
-- A process lives, and asks who does not.
--
-- KEYS 1 the process's log
-- ARGV prefix, name, time to live in ms, whether what follows has changed (1, 0), what it holds in its log
--      (JSON: ROUTE -> [count, oldest])
-- -> names whose time is over, and all names; FENCED: it was taken for dead itself
-- Crash: nothing that matters.
local call, prefix, name, ttlMs = redis.call, ARGV[1], ARGV[2], tonumber(ARGV[3])
if call('EXISTS', KEYS[1]) == 0 then return redis.error_reply('FENCED this process was taken for dead') end
local processes = prefix .. 'processes'
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
call('ZADD', processes, string.format('%d', now + ttlMs), name)
if ARGV[4] == '1' then
  call('HSET', prefix .. 'leased', name, ARGV[5])
end
local dead, all = {}, {}
local known = call('ZRANGE', processes, 0, -1, 'WITHSCORES')
for n = 1, #known, 2 do
  all[#all + 1] = known[n]
  if tonumber(known[n + 1]) <= now then dead[#dead + 1] = known[n] end
end
return { dead, all }
