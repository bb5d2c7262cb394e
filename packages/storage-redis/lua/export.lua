#!lua flags=no-writes
-- @uses delivery
-- All that is known of some events, for another store.
--
-- KEYS 1 the deliveries that have failed attempts, by name
-- ARGV prefix, then ids
-- -> for each: its fields outside a log, its fields in the archive, until when it is kept there ('': it is not), and for
--    each delivery with failed attempts: route, the attempts as JSON; parked keys as route, key, since, details
-- Crash: nothing is written.
local found = {}
while position < #ARGV do
  local id = take()
  local event = call('HGETALL', eventKey(id))
  local attempts, parked = {}, {}
  for _, delivery in ipairs(call('ZRANGEBYLEX', KEYS[1], '[' .. id .. '-', '(' .. id .. '.')) do
    attempts[#attempts + 1] =
      { string.sub(delivery, #id + 2), call('LRANGE', prefix .. 'attempts:' .. delivery, 0, -1) }
  end
  for n = 1, #event, 2 do
    local route = event[n]
    if string.find(route, '^%d+$') then
      local _, _, _, _, key = readDelivery(id, route)
      if key and parkedId(route, key) == id then
        local since, details = string.match(call('HGET', parkedKey(route), key), '^%S+ (%S+) (.*)$')
        parked[#parked + 1] = { route, since, details }
      end
    end
  end
  found[#found + 1] = {
    event, call('HGETALL', prefix .. 'archived:' .. id), call('ZSCORE', prefix .. 'archive-until', id) or '',
    attempts, parked,
  }
end
return found
