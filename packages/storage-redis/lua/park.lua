#!lua flags=allow-oom
-- @uses delivery
-- Ends the stand of a parked key: its head is due again, or it ends with what follows from it.
--
-- KEYS 1 the process's log, 2 its claims
-- ARGV prefix, what (release, skip), route, key, now; skip: the delivery that was seen, dead letters and appends as in settle.lua
-- -> release: 1, or 0 where it was not parked; skip: for each append stored or duplicate, nil: stale; FENCED: nothing was done
-- Crash: one step.
if isFenced(KEYS[1]) then return fenced() end
local what, route, key, now, seen = take(), take(), take(), take(), take()
local id = parkedId(route, key)
if what == 'release' then
  if not id then return 0 end
  local _, _, _, interruptions = readDelivery(id, route)
  call('HDEL', parkedKey(route), key)
  call('DEL', prefix .. 'attempts:' .. id .. '-' .. route)
  call('ZREM', prefix .. 'attempted', id .. '-' .. route)
  writeDelivery(id, route, now, '0', '-', interruptions or '0', key)
  call('ZADD', queueKey(route), now, id)
  return 1
end
if not id or id .. '-' .. route ~= seen then return false end
buryLetters(call('HGET', eventKey(id), 'record') or '')
removeDelivery(id, route)
return storeEvents(KEYS[1], KEYS[2])
