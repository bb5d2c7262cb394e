#!lua flags=no-writes
-- What waits for some routes, outside of logs.
--
-- KEYS 1 the routes' numbers by identity
-- ARGV prefix, then the routes
-- -> for each route: deliveries, time of the oldest ('': none), next due ('': none; an orphan has none), dead letters,
--    parked keys; then for each process what it holds in its log (name, JSON)
-- Crash: nothing is written.
local call, prefix = redis.call, ARGV[1]
local results = {}
for n = 2, #ARGV do
  local route = ARGV[n]
  local all = prefix .. 'all:' .. route
  local count = call('ZCARD', all)
  local letters = call('HGET', prefix .. 'dead-count', route) or '0'
  if count == 0 then
    results[#results + 1] = { '0', '', '', letters, '0' }
  else
    local due = ''
    if call('HEXISTS', prefix .. 'orphaned', route) == 0 then
      due = call('ZRANGE', prefix .. 'queue:' .. route, 0, 0, 'WITHSCORES')[2] or ''
    end
    local oldest = call('HGET', prefix .. 'event:' .. call('ZRANGE', all, 0, 0)[1], 'at') or ''
    local parked = call('HLEN', prefix .. 'parked:' .. route)
    results[#results + 1] = { string.format('%d', count), oldest, due, letters, string.format('%d', parked) }
  end
end
results[#results + 1] = call('HGETALL', prefix .. 'leased')
return results
