#!lua flags=allow-oom
-- @uses delivery
-- Takes over what a dead process held, some of it at a time. The first step renames its log: from then on
-- whatever it does is refused, should it only have been slow. The last one makes orphans of the routes that none of
-- those who are left has.
--
-- KEYS 1 its log, 2 its marks, 3 its claims, 4 its log once it is taken over, 5 its declared routes
-- ARGV prefix, its name, how many deliveries at a time, whether it takes itself out (1, 0), now
-- -> -1: it lives; else whether there is more (1, 0), and the highest time of an id so far
-- Crash: each call is one step and can be given again, by anybody.
local name, most, own, now = take(), tonumber(take()), take() == '1', take()
local log = KEYS[4]
local more = own and 0 or 1

if call('EXISTS', log) == 0 and call('EXISTS', KEYS[1]) == 1 then
  if not own and call('EXISTS', prefix .. 'alive:' .. name) == 1 then return { -1, '0' } end
  call('RENAME', KEYS[1], log)
end
-- who is taken over is dead for good, and stays listed until all of it is moved
call('SADD', prefix .. 'gone', name)
call('DEL', prefix .. 'alive:' .. name)

local moved = 0
if call('EXISTS', log) == 1 then
  local about = call('XINFO', 'STREAM', log)
  for n = 1, #about, 2 do
    if about[n] == 'last-generated-id' and about[n + 1] ~= '0-1' then sawId(about[n + 1]) end
  end
  for _, entry in ipairs(call('XRANGE', log, '-', '+', 'COUNT', math.max(1, math.floor(most / 4)))) do
    local event = readEntry(entry, KEYS[2])
    if #event.targets > 0 then putEvent(event.id, event.owner, event.at, event.record) end
    for _, target in ipairs(event.targets) do
      addDelivery(event.id, target[1], target[2], '0', '-', string.format('%d', more), nil)
    end
    leaveLog(log, KEYS[2], event)
    moved = moved + #event.targets + 1
    if moved >= most then return { 1, call('GET', prefix .. 'last') } end
  end
end

for _, delivery in ipairs(call('SRANDMEMBER', KEYS[3], most)) do
  local id, route = string.match(delivery, '^(%d+%-%d+)%-(%d+)$')
  local due, attempts, first, interruptions, key = readDelivery(id, route)
  if due then
    writeDelivery(id, route, due, attempts, first, string.format('%d', tonumber(interruptions) + more), key)
    call('ZADD', queueKey(route), due, id)
  end
  call('SREM', KEYS[3], delivery)
  moved = moved + 1
end
if moved > 0 and (call('EXISTS', KEYS[3]) == 1 or (call('EXISTS', log) == 1 and call('XLEN', log) > 0)) then
  return { 1, call('GET', prefix .. 'last') or '0' }
end

local left = call('SMEMBERS', KEYS[5])
call('DEL', log, KEYS[2], KEYS[3], KEYS[5])
call('HDEL', prefix .. 'leased', name)
call('HDEL', prefix .. 'members', name)
call('SREM', prefix .. 'gone', name)
local others = call('HKEYS', prefix .. 'members')
-- the last one that goes leaves all as it is: it may only be started again
if #others > 0 then
  local declared = {}
  for _, other in ipairs(others) do
    for _, number in ipairs(call('SMEMBERS', prefix .. 'declared:' .. other)) do declared[number] = true end
  end
  for _, number in ipairs(left) do
    if not declared[number] then call('HSETNX', prefix .. 'orphaned', number, now) end
  end
end
return { 0, call('GET', prefix .. 'last') or '0' }
