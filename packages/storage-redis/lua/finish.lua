#!lua flags=allow-oom
-- @uses delivery
-- Deliveries are done, of which nothing follows.
--
-- KEYS 1 the process's log, 2 its marks, 3 its claims
-- ARGV prefix, then for each event: where it is (log, outside), id, its routes that are done (with spaces between),
--      whether they are the entry's last (1, 0), its owner and the bytes that the entry counts
-- -> routes of which a key's next delivery has its turn; FENCED: nothing was done
-- Crash: one step. Before it the deliveries are made again, after it they are gone.
if isFenced(KEYS[1]) then return fenced() end
while position < #ARGV do
  local place, id, routes, isLast, owner, bytes = take(), take(), take(), take() == '1', take(), tonumber(take())
  if place == 'outside' then
    for route in string.gmatch(routes, '%d+') do
      if call('SREM', KEYS[3], id .. '-' .. route) == 1 then removeDelivery(id, route) end
    end
  elseif isLast then
    if call('XDEL', KEYS[1], id) == 1 and bytes > 0 then addBytes(owner, -bytes) end
    call('HDEL', KEYS[2], id)
  else
    call('HSET', KEYS[2], id, (call('HGET', KEYS[2], id) or '') .. ' ' .. routes)
  end
end
return turned
