#!lua
-- @uses delivery
-- Puts an event of another store here, with all that is known of it. One with very many deliveries comes in several calls.
--
-- KEYS 1 the events
-- ARGV prefix, id, at; whether it is stored (1, 0), owner, record; until when it is kept in the archive (''; it is not),
--      its id attribute; number of deliveries, each: route, due, attempts, first attempt, interruptions, whether it has a
--      key (1, 0), key, since when it is parked (''; it is not), details; number of ends, each: route, JSON;
--      number of deliveries with failed attempts, each: route, the first one's time, how many, each as JSON
-- -> 1
-- Crash: one step. The store is not opened before all of it is there.
local id, at, isStored, owner, record, until_, eventId = take(), take(), take() == '1', take(), take(), take(), take()
if until_ ~= '' then archiveEvent(id, owner, record, until_, eventId) end
local deliveries = tonumber(take())
if isStored and deliveries > 0 and call('EXISTS', eventKey(id)) == 0 then putEvent(id, owner, at, record) end
for _ = 1, deliveries do
  local route, due, attempts, first, interruptions, hasKey, key, since, details =
    take(), take(), take(), take(), take(), take(), take(), take(), take()
  if since ~= '' then
    writeDelivery(id, route, '0', attempts, first, interruptions, key)
    call('ZADD', allKey(route), 0, id)
    call('RPUSH', orderKey(route, key), id)
    call('HSET', parkedKey(route), key, id .. ' ' .. since .. ' ' .. details)
  else
    addDelivery(id, route, due, attempts, first, interruptions, hasKey == '1' and key or nil)
  end
end
for _ = 1, tonumber(take()) do
  local route, ended = take(), take()
  call('HSET', prefix .. 'archived:' .. id, route, ended)
end
for _ = 1, tonumber(take()) do
  local route, first, count = take(), take(), tonumber(take())
  local delivery = id .. '-' .. route
  for _ = 1, count do call('RPUSH', prefix .. 'attempts:' .. delivery, take()) end
  call('ZADD', prefix .. 'attempted', first, delivery)
end
sawId(id)
return 1
