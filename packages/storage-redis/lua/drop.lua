#!lua flags=allow-oom
-- @uses delivery
-- Removes what waits for a route, some at a time; what is leased stays.
--
-- KEYS 1 all deliveries of the route
-- ARGV prefix, route, how many to leave out (they are leased), how many to look at
-- -> how many were looked at, how many were removed
-- Crash: each call is one step; the rest can be dropped later.
local route, from, most = take(), tonumber(take()), tonumber(take())
local ids = call('ZRANGE', KEYS[1], from, from + most - 1)
local removed = 0
for _, id in ipairs(ids) do
  local _, _, _, _, key = readDelivery(id, route)
  if stateOf(id, route, key) ~= 'leased' then
    removeDelivery(id, route)
    removed = removed + 1
  end
end
return { #ids, removed }
