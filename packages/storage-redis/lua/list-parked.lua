#!lua flags=no-writes
-- Parked keys of some routes.
--
-- KEYS 1 the routes' numbers by identity
-- ARGV prefix, then the routes
-- -> for each: route, key, id, since, details, how many wait, record (nil: it is gone)
-- Crash: nothing is written.
local call, prefix = redis.call, ARGV[1]
local found = {}
for n = 2, #ARGV do
  local route = ARGV[n]
  local parked = call('HGETALL', prefix .. 'parked:' .. route)
  for k = 1, #parked, 2 do
    local id, since, details = string.match(parked[k + 1], '^(%S+) (%S+) (.*)$')
    local waiting = call('LLEN', prefix .. 'key:' .. route .. ':' .. parked[k])
    found[#found + 1] =
      { route, parked[k], id, since, details, waiting, call('HGET', prefix .. 'event:' .. id, 'record') }
  end
end
return found
