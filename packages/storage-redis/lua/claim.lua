#!lua flags=allow-oom
-- @uses delivery
-- Leases what is due, in order of due time, and says when the rest is.
--
-- KEYS 1 the process's log, 2 its claims
-- ARGV prefix, now, then for each request: route, most leases, most bytes of records
-- -> for each request: next due ('': none), then for each lease: id, attempts, first attempt ('-': none),
--    interruptions, whether it has a key (1, 0), key, record (nil: it is gone)
-- Crash: one step. After it the leases are the process's, and are taken over when it dies.
if isFenced(KEYS[1]) then return fenced() end
local now = take()
local results = {}
while position < #ARGV do
  local route, max, maxBytes = take(), tonumber(take()), tonumber(take())
  local queue, bytes, count = queueKey(route), 0, 0
  local result = { '' }
  local due = max > 0 and call('ZRANGEBYSCORE', queue, '-inf', now, 'LIMIT', 0, max) or {}
  for _, id in ipairs(due) do
    bytes = bytes + call('HSTRLEN', eventKey(id), 'record')
    if count > 0 and bytes > maxBytes then break end
    count = count + 1
    local _, attempts, first, interruptions, key = readDelivery(id, route)
    call('SADD', KEYS[2], id .. '-' .. route)
    call('ZREM', queue, id)
    for _, value in ipairs({ id, attempts or '0', first or '-', interruptions or '0', key and '1' or '0', key or '' }) do
      result[#result + 1] = value
    end
    result[#result + 1] = call('HGET', eventKey(id), 'record')
  end
  result[1] = call('ZRANGE', queue, 0, 0, 'WITHSCORES')[2] or ''
  results[#results + 1] = result
end
return results
