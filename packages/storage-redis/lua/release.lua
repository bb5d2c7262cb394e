#!lua flags=allow-oom
-- @uses delivery
-- Gives leases back: as due as they were, no attempt counted.
--
-- KEYS 1 the process's log, 2 its marks, 3 its claims
-- ARGV prefix, then for each lease: id, route
-- -> 1; FENCED: nothing was done
-- Crash: one step. Before it the leases are taken over, after it the deliveries wait.
if isFenced(KEYS[1]) then return fenced() end
while position < #ARGV do
  local id, route = take(), take()
  if call('SISMEMBER', KEYS[3], id .. '-' .. route) == 1 then
    call('ZADD', queueKey(route), (readDelivery(id, route)) or 0, id)
    call('SREM', KEYS[3], id .. '-' .. route)
  else
    local entry = findEntry(KEYS[1], KEYS[2], id)
    if entry and holds(entry.targets, route) then
      moveOut(KEYS[1], KEYS[2], KEYS[3], entry, route, function(due)
        addDelivery(id, route, due, '0', '-', '0', nil)
      end)
    end
  end
end
return 1
