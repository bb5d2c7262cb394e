-- Stands in front of every script that has "@uses delivery" in its head: events and deliveries outside a log.
-- An event is in one place: in a log, where all its deliveries are leased, or outside, where each stands for itself.
--
-- events  sorted set of ID: all events outside logs
-- event:ID  hash: record, owner, at, size, and for each delivery ROUTE -> "DUE ATTEMPTS FIRST INTERRUPTIONS[ KEY]"
-- bytes  hash OWNER -> bytes of its records outside logs, and of the entries in logs that say that they count (b)
-- all:ROUTE  sorted set of ID: every delivery of the route outside a log
-- queue:ROUTE  sorted set of ID by due time: those that nobody holds, and that no key holds back
-- key:ROUTE:KEY  list of ID in the order of appends; only its head is in the queue, leased or parked
-- parked:ROUTE  hash KEY -> "ID SINCE DETAILS": keys whose head has failed for good
-- claims:PROCESS  set of ID-ROUTE: deliveries outside logs that the process holds
local call = redis.call
local prefix = ARGV[1]
local eventFields = 4

-- Reads ARGV one by one, from the second on.
local position = 1
local function take()
  position = position + 1
  return ARGV[position]
end

local function eventKey(id) return prefix .. 'event:' .. id end
local function queueKey(route) return prefix .. 'queue:' .. route end
local function allKey(route) return prefix .. 'all:' .. route end
local function parkedKey(route) return prefix .. 'parked:' .. route end
local function orderKey(route, key) return prefix .. 'key:' .. route .. ':' .. key end

local function isFenced(log) return call('EXISTS', log) == 0 end
local function fenced() return redis.error_reply('FENCED this process was taken for dead') end

-- -> due, attempts, first, interruptions, key (nil: none); nothing where there is no such delivery
local function readDelivery(id, route)
  local packed = call('HGET', eventKey(id), route)
  if not packed then return nil end
  local due, attempts, first, interruptions, rest = string.match(packed, '^(%S+) (%S+) (%S+) (%S+)(.*)$')
  if rest == '' then return due, attempts, first, interruptions, nil end
  return due, attempts, first, interruptions, string.sub(rest, 2)
end

local function writeDelivery(id, route, due, attempts, first, interruptions, key)
  local packed = due .. ' ' .. attempts .. ' ' .. first .. ' ' .. interruptions
  if key then packed = packed .. ' ' .. key end
  call('HSET', eventKey(id), route, packed)
end

local function addBytes(owner, bytes)
  if call('HINCRBY', prefix .. 'bytes', owner, bytes) <= 0 then call('HDEL', prefix .. 'bytes', owner) end
end

local function putEvent(id, owner, at, record)
  call('HSET', eventKey(id), 'record', record, 'owner', owner, 'at', at, 'size', #record)
  call('ZADD', prefix .. 'events', 0, id)
  addBytes(owner, #record)
end

-- Adds a delivery that waits: free at its time, or behind the earlier ones of its key.
local function addDelivery(id, route, due, attempts, first, interruptions, key)
  writeDelivery(id, route, due, attempts, first, interruptions, key)
  call('ZADD', allKey(route), 0, id)
  if key and call('RPUSH', orderKey(route, key), id) > 1 then return end
  call('ZADD', queueKey(route), due, id)
end

-- Adds a delivery that the process holds.
local function addClaim(claims, id, route, due)
  writeDelivery(id, route, due, '0', '-', '0', nil)
  call('ZADD', allKey(route), 0, id)
  call('SADD', claims, id .. '-' .. route)
end

local function parkedId(route, key)
  local parked = call('HGET', parkedKey(route), key)
  return parked and string.match(parked, '^%S+')
end

-- -> waiting, held (behind another of its key), parked or leased
local function stateOf(id, route, key)
  if call('ZSCORE', queueKey(route), id) then return 'waiting' end
  if not key then return 'leased' end
  if call('LINDEX', orderKey(route, key), 0) ~= id then return 'held' end
  return parkedId(route, key) == id and 'parked' or 'leased'
end

-- Routes of which a key's next delivery has its turn.
local turned = {}

-- Removes a delivery, whoever holds it; the next one of its key has its turn, the event goes with its last.
local function removeDelivery(id, route)
  local _, _, _, _, key = readDelivery(id, route)
  local event = eventKey(id)
  call('HDEL', event, route)
  if call('HLEN', event) <= eventFields then
    local known = call('HMGET', event, 'owner', 'size')
    call('DEL', event)
    call('ZREM', prefix .. 'events', id)
    if known[1] then addBytes(known[1], -(tonumber(known[2]) or 0)) end
  end
  call('ZREM', allKey(route), id)
  call('ZREM', queueKey(route), id)
  if not key then return end
  local order = orderKey(route, key)
  local wasHead = call('LINDEX', order, 0) == id
  call('LREM', order, 1, id)
  if not wasHead then return end
  call('HDEL', parkedKey(route), key)
  local head = call('LINDEX', order, 0)
  if head then
    call('ZADD', queueKey(route), (readDelivery(head, route)) or 0, head)
    turned[#turned + 1] = route
  end
end

-- The highest first half of an id that was given: a process that starts goes on from there.
local function sawId(id)
  local time = string.match(id, '^%d+')
  local last = call('GET', prefix .. 'last')
  if not last or time > last then call('SET', prefix .. 'last', time) end
end

-- "ROUTE ROUTE@DUE ..." -> { {route, due} }, without the routes that are marked
local function targetsOf(text, at, marks)
  local gone, targets = {}, {}
  for route in string.gmatch(marks or '', '%S+') do gone[route] = true end
  for word in string.gmatch(text, '%S+') do
    local route, due = string.match(word, '^(%d+)@(.+)$')
    if not route then route, due = word, at end
    if not gone[route] then targets[#targets + 1] = { route, due } end
  end
  return targets
end

-- An event in a log: owner, at, its targets that are not done, record; nil: it is not there.
local function readEntry(entry, marks)
  local fields = {}
  for n = 1, #entry[2], 2 do fields[entry[2][n]] = entry[2][n + 1] end
  local at, text = string.match(fields.t, '^(%S+)(.*)$')
  return {
    id = entry[1],
    owner = fields.o,
    at = at,
    targets = targetsOf(text, at, call('HGET', marks, entry[1])),
    record = fields.r,
    counts = fields.b == '1',
  }
end

local function findEntry(log, marks, id)
  local entry = call('XRANGE', log, id, id)[1]
  return entry and readEntry(entry, marks)
end

local function leaveLog(log, marks, entry)
  call('XDEL', log, entry.id)
  call('HDEL', marks, entry.id)
  if entry.counts then addBytes(entry.owner, -#entry.record) end
end

-- One delivery of an entry is done; the entry goes with its last.
local function finishInLog(log, marks, entry, route)
  if #entry.targets == 1 then
    leaveLog(log, marks, entry)
  else
    call('HSET', marks, entry.id, (call('HGET', marks, entry.id) or '') .. ' ' .. route)
  end
end

-- Moves an event out of a log: its deliveries become claims of the process, but for one, which `free` adds.
local function moveOut(log, marks, claims, entry, freeRoute, free)
  putEvent(entry.id, entry.owner, entry.at, entry.record)
  for _, target in ipairs(entry.targets) do
    if target[1] == freeRoute then free(target[2]) else addClaim(claims, entry.id, target[1], target[2]) end
  end
  leaveLog(log, marks, entry)
end

local function holds(targets, route)
  for _, target in ipairs(targets) do
    if target[1] == route then return true end
  end
  return false
end

local function archiveEvent(id, owner, record, until_, eventId)
  call('HSET', prefix .. 'archived:' .. id, 'record', record, 'owner', owner, 'event', eventId, 'size', #record)
  call('SADD', prefix .. 'archives', owner)
  call('ZADD', prefix .. 'archive:' .. owner, 0, id)
  call('ZADD', prefix .. 'archive-event:' .. eventId, 0, id)
  call('ZADD', prefix .. 'archive-until', until_, id)
  call('HINCRBY', prefix .. 'archive-bytes', owner, #record)
end

local function removeArchived(id)
  local archived = prefix .. 'archived:' .. id
  local known = call('HMGET', archived, 'owner', 'event', 'size')
  if not known[1] then return end
  call('DEL', archived)
  call('ZREM', prefix .. 'archive:' .. known[1], id)
  call('ZREM', prefix .. 'archive-event:' .. known[2], id)
  call('ZREM', prefix .. 'archive-until', id)
  if call('HINCRBY', prefix .. 'archive-bytes', known[1], -tonumber(known[3])) <= 0 then
    call('HDEL', prefix .. 'archive-bytes', known[1])
  end
end

-- What an append would exceed: share, full; nothing: it may come.
local function overLimit(owner, size, ownerMost, totalMost)
  local ofOwner, ofAll = size, size
  local bytes = call('HGETALL', prefix .. 'bytes')
  for n = 1, #bytes, 2 do
    ofAll = ofAll + tonumber(bytes[n + 1])
    if bytes[n] == owner then ofOwner = ofOwner + tonumber(bytes[n + 1]) end
  end
  if ownerMost ~= '' and ofOwner > tonumber(ownerMost) then return 'share' end
  if totalMost ~= '' and ofAll > tonumber(totalMost) then return 'full' end
  return nil
end

-- Stores one event; reads its arguments in the order in which append-arguments.ts writes them.
-- -> stored, duplicate, share or full
local function storeEvent(log, claims)
  local id, owner, record, at = take(), take(), take(), take()
  local dedupe, now, until_, keepMs = take(), take(), take(), take()
  local archiveUntil, archiveEventId = take(), take()
  local counts, isLimited, ownerMost, totalMost = take(), take(), take(), take()
  local leased, waiting = take(), tonumber(take())
  local result = 'stored'
  if isLimited == '1' then
    result = overLimit(owner, #record, ownerMost, totalMost) or result
  end
  if result == 'stored' and keepMs ~= '' then
    local known = call('GET', prefix .. 'dedupe:' .. dedupe)
    if known and tonumber(string.match(known, '^%S+')) > tonumber(now) then
      result = 'duplicate'
    else
      call('SET', prefix .. 'dedupe:' .. dedupe, until_ .. ' ' .. id, 'PX', keepMs)
    end
  end
  if result ~= 'stored' then
    position = position + 4 * waiting
    return result
  end
  if archiveUntil ~= '' then archiveEvent(id, owner, record, archiveUntil, archiveEventId) end
  if waiting > 0 then
    putEvent(id, owner, at, record)
    for _, target in ipairs(targetsOf(leased, at, nil)) do addClaim(claims, id, target[1], target[2]) end
    for _ = 1, waiting do
      local route, due, hasKey, key = take(), take(), take(), take()
      addDelivery(id, route, due, '0', '-', '0', hasKey == '1' and key or nil)
    end
  elseif leased ~= '' then
    call('XADD', log, 'NOMKSTREAM', id, 'o', owner, 't', at .. ' ' .. leased, 'r', record, 'b', counts)
    if counts == '1' then addBytes(owner, #record) end
  end
  sawId(id)
  return result
end

-- Reads the checkpoint that an append moves (advance-arguments.ts); nil: none.
local function readAdvance()
  if take() == '0' then return nil end
  local key, hasFrom, from, to = take(), take(), take(), take()
  return { key = key, from = hasFrom == '1' and from, to = to }
end

-- Moves a checkpoint (false: there is none). -> whether it was where it is moved from
local function moveCheckpoint(key, from, to)
  local checkpoints = prefix .. 'checkpoints'
  if call('HGET', checkpoints, key) ~= from then return false end
  if to then call('HSET', checkpoints, key, to) else call('HDEL', checkpoints, key) end
  return true
end

-- Gives a lease back: as due as it was.
local function giveBack(log, marks, claims, id, route)
  if call('SISMEMBER', claims, id .. '-' .. route) == 1 then
    call('ZADD', queueKey(route), (readDelivery(id, route)) or 0, id)
    call('SREM', claims, id .. '-' .. route)
    return
  end
  local entry = findEntry(log, marks, id)
  if not entry or not holds(entry.targets, route) then return end
  moveOut(log, marks, claims, entry, route, function(due) addDelivery(id, route, due, '0', '-', '0', nil) end)
end

-- Reads how many events there are, and stores them. -> how each went
local function storeEvents(log, claims)
  local results = {}
  for n = 1, tonumber(take()) do results[n] = storeEvent(log, claims) end
  return results
end

-- Reads dead letters and buries them. `record` is that of the delivery.
local function buryLetters(record)
  for _ = 1, tonumber(take()) do
    local letter, route, eventType, last, details, own, bytes = take(), take(), take(), take(), take(), take(), take()
    call('HSET', prefix .. 'dead:' .. letter, 'route', route, 'type', eventType, 'last', last,
      'details', details, 'record', own == '1' and bytes or record)
    call('ZADD', prefix .. 'dead', 0, letter)
    call('HINCRBY', prefix .. 'dead-count', route, 1)
    sawId(letter)
  end
end
