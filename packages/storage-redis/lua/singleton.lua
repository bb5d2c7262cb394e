#!lua flags=allow-oom
-- A named lease: taken, extended or given back. Tokens rise with each holder.
--
-- KEYS 1 the lease
-- ARGV prefix, what (acquire, extend), now in ms ('': the server's time), time to live in ms, holder or token
-- -> acquire: the token, or 0 where another holds it; extend: 1, or 0 where the token is not the holder's any more
-- Crash: one step.
local call, now = redis.call, tonumber(ARGV[3])
if not now then
  local time = call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local known = call('HMGET', KEYS[1], 'holder', 'token', 'until')
local token, free = tonumber(known[2]) or 0, (tonumber(known[3]) or 0) <= now
local ends = string.format('%d', now + tonumber(ARGV[4]))
if ARGV[2] == 'acquire' then
  if not free and known[1] ~= ARGV[5] then return 0 end
  call('HSET', KEYS[1], 'holder', ARGV[5], 'token', string.format('%d', token + 1), 'until', ends)
  return token + 1
end
if free or token ~= tonumber(ARGV[5]) then return 0 end
call('HSET', KEYS[1], 'until', ARGV[4] == '0' and '0' or ends)
return 1
