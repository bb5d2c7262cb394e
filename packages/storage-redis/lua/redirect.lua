#!lua flags=allow-oom
-- @uses delivery
-- Moves what waits for one route to another, some at a time; an event that waits there already is not doubled.
--
-- KEYS 1 all deliveries of the route
-- ARGV prefix, from, to, how many to leave out (they are leased), how many to look at
-- -> how many were looked at, how many were moved
-- Crash: each call is one step; the rest can be moved later.
local from, to, skip, most = take(), take(), tonumber(take()), tonumber(take())
local ids = call('ZRANGE', KEYS[1], skip, skip + most - 1)
local moved = 0
for _, id in ipairs(ids) do
  local due, attempts, first, interruptions, key = readDelivery(id, from)
  if due and stateOf(id, from, key) ~= 'leased' then
    local twinDue, twinAttempts, _, twinInterruptions, twinKey = readDelivery(id, to)
    if not twinDue then
      addDelivery(id, to, due, attempts, first, interruptions, key)
    elseif twinAttempts == '0' then
      writeDelivery(id, to, twinDue, attempts, first, twinInterruptions, twinKey)
    end
    removeDelivery(id, from)
    moved = moved + 1
  end
end
return { #ids, moved }
