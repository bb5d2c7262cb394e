#!lua flags=allow-oom
-- @uses delivery
-- Dead letters become fresh deliveries.
--
-- KEYS 1 the process's log
-- ARGV prefix, now, then for each: id, id of the new event, owner, route, whether it has a record (1, 0), record,
--      whether it has a key (1, 0), key, until when it is in the archive ('': it is not), the event's id there
-- -> for each whether it was there (1, 0); FENCED: nothing was done
-- Crash: one step.
if isFenced(KEYS[1]) then return fenced() end
local now = take()
local there = {}
while position < #ARGV do
  local letter, id, owner, route, own, record, hasKey, key =
    take(), take(), take(), take(), take(), take(), take(), take()
  local archiveUntil, archiveEventId = take(), take()
  local dead = prefix .. 'dead:' .. letter
  local known = call('HMGET', dead, 'route', 'record')
  if known[1] then
    record = own == '1' and record or known[2]
    if archiveUntil ~= '' then archiveEvent(id, owner, record, archiveUntil, archiveEventId) end
    putEvent(id, owner, now, record)
    addDelivery(id, route, now, '0', '-', '0', hasKey == '1' and key or nil)
    sawId(id)
    call('DEL', dead)
    call('ZREM', prefix .. 'dead', letter)
    if call('HINCRBY', prefix .. 'dead-count', known[1], -1) <= 0 then call('HDEL', prefix .. 'dead-count', known[1]) end
  end
  there[#there + 1] = known[1] and 1 or 0
end
return there
