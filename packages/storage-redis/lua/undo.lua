#!lua flags=allow-oom
-- @uses delivery
-- Takes events out again whose appends were answered "refused" while nobody knew whether they were stored.
--
-- KEYS 1 the process's log, 2 its marks, 3 its claims
-- ARGV prefix, then for each event: id, its dedupe key, whether it has one (1, 0)
-- -> 1; FENCED: nothing was done
-- Crash: one step. Before it the events are delivered though they were refused: the double that no store avoids.
if isFenced(KEYS[1]) then return fenced() end
while position < #ARGV do
  local id, dedupe, hasDedupe = take(), take(), take()
  local entry = findEntry(KEYS[1], KEYS[2], id)
  if entry then leaveLog(KEYS[1], KEYS[2], entry) end
  removeArchived(id)
  for _, route in ipairs(call('HKEYS', eventKey(id))) do
    if string.find(route, '^%d+$') then
      local _, _, _, _, key = readDelivery(id, route)
      local own = call('SREM', KEYS[3], id .. '-' .. route) == 1
      if own or stateOf(id, route, key) ~= 'leased' then removeDelivery(id, route) end
    end
  end
  if hasDedupe == '1' then
    local known = call('GET', prefix .. 'dedupe:' .. dedupe)
    if known and string.match(known, ' (%S+)$') == id then call('DEL', prefix .. 'dedupe:' .. dedupe) end
  end
end
return 1
