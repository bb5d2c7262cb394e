#!lua flags=allow-oom
-- @uses delivery
-- Ends one lease and stores what follows from it: a retry, a parked key, dead letters, a failed attempt, replies.
--
-- KEYS 1 the process's log, 2 its marks, 3 its claims
-- ARGV prefix, id, route, outcome (done, retry, park), due of a retry or time of parking, details of parking,
--      how it ended as JSON (''; not kept), the failed attempt as JSON (''; none) and its time,
--      number of dead letters, each: id, route, type, last attempt, details, whether it has a record (1, 0), record;
--      number of appends, each one event (append-arguments.ts)
-- -> for each append stored or duplicate, and routes of which a key's next delivery has its turn;
--    nil: stale, nothing was done; FENCED likewise
-- Crash: one step. Before it the delivery is made again, after it nothing of it is.
if isFenced(KEYS[1]) then return fenced() end
local log, marks, claims = KEYS[1], KEYS[2], KEYS[3]
local id, route, outcome, due, details, ended, attempt, attemptAt =
  take(), take(), take(), take(), take(), take(), take(), take()
local delivery = id .. '-' .. route

local entry, record
if call('SISMEMBER', claims, delivery) == 1 then
  record = call('HGET', eventKey(id), 'record') or ''
else
  entry = findEntry(log, marks, id)
  if not entry or not holds(entry.targets, route) then return false end
  record = entry.record
end

if attempt ~= '' then
  call('RPUSH', prefix .. 'attempts:' .. delivery, attempt)
  call('ZADD', prefix .. 'attempted', 'NX', attemptAt, delivery)
end
buryLetters(record)

-- the lease ends behind what follows from it: should that be refused, it is held as before
if not entry then call('SREM', claims, delivery) end
if outcome == 'done' then
  if ended ~= '' and call('EXISTS', prefix .. 'archived:' .. id) == 1 then
    call('HSET', prefix .. 'archived:' .. id, route, ended)
  end
  if entry then finishInLog(log, marks, entry, route) else removeDelivery(id, route) end
elseif entry then
  local counted = attempt ~= ''
  moveOut(log, marks, claims, entry, route, function()
    addDelivery(id, route, due, counted and '1' or '0', counted and attemptAt or '-', '0', nil)
  end)
else
  local _, attempts, first, interruptions, key = readDelivery(id, route)
  if attempt ~= '' then
    attempts = string.format('%d', (tonumber(attempts) or 0) + 1)
    if not first or first == '-' then first = attemptAt end
  end
  local parked = outcome == 'park'
  writeDelivery(id, route, parked and '0' or due, attempts or '0', first or '-', interruptions or '0', key)
  if parked then
    call('HSET', parkedKey(route), key, id .. ' ' .. due .. ' ' .. details)
  else
    call('ZADD', queueKey(route), due, id)
  end
end

return { storeEvents(log, claims), turned }
