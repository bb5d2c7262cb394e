#!lua flags=allow-oom
-- @uses delivery
-- Takes events out again whose appends were answered "refused" while nobody knew whether they were stored. Where others
-- have gone on from the checkpoint that moved with them, they stay, and wait.
--
-- KEYS 1 the process's log, 2 its marks, 3 its claims
-- ARGV prefix, then for each append: its checkpoint (advance-arguments.ts), the number of its events, and for each of
--      them id, its dedupe key, whether it has one (1, 0)
-- -> 1; FENCED: nothing was done
-- Crash: one step. Before it the events are delivered though they were refused: the double that no store avoids.
if isFenced(KEYS[1]) then return fenced() end
local log, marks, claims = KEYS[1], KEYS[2], KEYS[3]

local function outside(id, each)
  for _, route in ipairs(call('HKEYS', eventKey(id))) do
    if string.find(route, '^%d+$') then each(route) end
  end
end

local function takeOut(id, dedupe, hasDedupe)
  local entry = findEntry(log, marks, id)
  if entry then leaveLog(log, marks, entry) end
  removeArchived(id)
  outside(id, function(route)
    local _, _, _, _, key = readDelivery(id, route)
    local own = call('SREM', claims, id .. '-' .. route) == 1
    if own or stateOf(id, route, key) ~= 'leased' then removeDelivery(id, route) end
  end)
  if hasDedupe == '1' then
    local known = call('GET', prefix .. 'dedupe:' .. dedupe)
    if known and string.match(known, ' (%S+)$') == id then call('DEL', prefix .. 'dedupe:' .. dedupe) end
  end
end

local function leaveWaiting(id)
  local entry = findEntry(log, marks, id)
  for _, target in ipairs(entry and entry.targets or {}) do giveBack(log, marks, claims, id, target[1]) end
  outside(id, function(route) giveBack(log, marks, claims, id, route) end)
end

local function isThere(id)
  return findEntry(log, marks, id) ~= nil or call('EXISTS', eventKey(id), prefix .. 'archived:' .. id) > 0
end

while position < #ARGV do
  local advance, events, landed = readAdvance(), {}, false
  for n = 1, tonumber(take()) do
    events[n] = { take(), take(), take() }
    landed = landed or isThere(events[n][1])
  end
  -- a checkpoint of the same value may be another's, who has stored the same
  local goes = not advance or landed and moveCheckpoint(advance.key, advance.to, advance.from)
  for _, event in ipairs(events) do
    if goes then takeOut(event[1], event[2], event[3]) else leaveWaiting(event[1]) end
  end
end
return 1
