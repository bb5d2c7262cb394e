#!lua flags=allow-oom
-- @uses delivery
-- Drops deliveries that are not leased; the next of their key goes on.
--
-- KEYS 1 the events
-- ARGV prefix, then for each: id of the event, route
-- -> for each 1 where it was there and is gone, else 0
-- Crash: one step.
local results = {}
while position < #ARGV do
  local id, route = take(), take()
  local due, _, _, _, key = readDelivery(id, route)
  local gone = due ~= nil and stateOf(id, route, key) ~= 'leased'
  if gone then removeDelivery(id, route) end
  results[#results + 1] = gone and 1 or 0
end
return results
