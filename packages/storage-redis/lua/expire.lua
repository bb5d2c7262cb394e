#!lua flags=allow-oom
-- @uses delivery
-- Removes dead letters, failed attempts or archived events that are older than asked, or the oldest of an archive
-- that is too large; some at a time.
--
-- KEYS 1 the ids of the dead letters; the deliveries with attempts; the ends of archived events; an owner's archive
-- ARGV prefix, what (dead, attempts, archive, size), the time before which it goes, how many at a time,
--      size: the owner and its most bytes
-- -> how many went, whether there may be more (1, 0)
-- Crash: each call is one step; the rest goes later.
local what, before, most, owner, mostBytes = take(), take(), tonumber(take()), take(), tonumber(take())
local gone, seen = 0, 0

if what == 'dead' then
  for _, id in ipairs(call('ZRANGE', KEYS[1], 0, most - 1)) do
    local known = call('HMGET', prefix .. 'dead:' .. id, 'route', 'last')
    if known[1] and tonumber(known[2]) >= tonumber(before) then return { gone, 0 } end
    seen = seen + 1
    call('DEL', prefix .. 'dead:' .. id)
    call('ZREM', KEYS[1], id)
    if known[1] then
      gone = gone + 1
      if call('HINCRBY', prefix .. 'dead-count', known[1], -1) <= 0 then call('HDEL', prefix .. 'dead-count', known[1]) end
    end
  end
elseif what == 'attempts' then
  for _, delivery in ipairs(call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. before, 'LIMIT', 0, most)) do
    local list = prefix .. 'attempts:' .. delivery
    seen = seen + 1
    local oldest = call('LINDEX', list, 0)
    while oldest and cjson.decode(oldest).at < tonumber(before) do
      call('LPOP', list)
      gone = gone + 1
      oldest = call('LINDEX', list, 0)
    end
    if oldest then
      call('ZADD', KEYS[1], string.format('%.0f', cjson.decode(oldest).at), delivery)
    else
      call('ZREM', KEYS[1], delivery)
    end
  end
elseif what == 'archive' then
  for _, id in ipairs(call('ZRANGEBYSCORE', KEYS[1], '-inf', before, 'LIMIT', 0, most)) do
    seen = seen + 1
    gone = gone + 1
    removeArchived(id)
    call('ZREM', KEYS[1], id)
  end
else
  for _, id in ipairs(call('ZRANGE', KEYS[1], 0, most - 1)) do
    if tonumber(call('HGET', prefix .. 'archive-bytes', owner) or 0) <= mostBytes then return { gone, 0 } end
    seen = seen + 1
    gone = gone + 1
    removeArchived(id)
    call('ZREM', KEYS[1], id)
  end
end
return { gone, seen == most and 1 or 0 }
