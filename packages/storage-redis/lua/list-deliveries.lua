#!lua flags=no-writes
-- @uses delivery
-- What is stored and unsettled, in the order of appends, some events at a time: outside logs, or in one log.
--
-- KEYS 1 the events, or a log; 2 the log's marks
-- ARGV prefix, what (events, log), the event from which on (''; the first), whether it is left out (1, 0), how many
--      events, a text that the record has (''; any), whether whole records (1, 0), whether a key is given (1, 0), the
--      key, whether routes follow (1, 0), the routes
-- -> the last event seen (''; there are no more), then for each delivery: id of the event, route, owner, state, due,
--    attempts, first attempt ('-'; none), whether it has a key (1, 0), key, at, record or its head (nil: it is gone)
-- Crash: nothing is written.
local what, from, isOut, most, needle, whole, hasKey, wantedKey, hasRoutes =
  take(), take(), take() == '1', tonumber(take()), take(), take() == '1', take() == '1', take(), take() == '1'
local wanted = {}
while position < #ARGV do wanted[take()] = true end
local result, seen = { '' }, 0

local function head(record)
  if whole or not record or #record < 5 then return record end
  local a, b, c, d = string.byte(record, 2, 5)
  return string.sub(record, 1, 5 + ((a * 256 + b) * 256 + c) * 256 + d)
end

local function isMeant(route, key, record)
  return (not hasRoutes or wanted[route])
    and (not hasKey or key == wantedKey)
    and (needle == '' or (record and string.find(record, needle, 1, true)))
end

local function add(id, route, owner, state, due, attempts, first, key, at, record)
  for _, value in ipairs({ id, route, owner, state, due, attempts, first, key and '1' or '0', key or '', at }) do
    result[#result + 1] = value
  end
  result[#result + 1] = head(record)
end

local bound = from == '' and '-' or (isOut and '(' or '[') .. from
if what == 'events' then
  for _, id in ipairs(call('ZRANGEBYLEX', KEYS[1], bound, '+', 'LIMIT', 0, most)) do
    seen = seen + 1
    result[1] = id
    local known = call('HMGET', eventKey(id), 'owner', 'at', 'record')
    local routes = {}
    for _, field in ipairs(call('HKEYS', eventKey(id))) do
      if string.find(field, '^%d+$') then routes[#routes + 1] = field end
    end
    table.sort(routes, function(x, y) return tonumber(x) < tonumber(y) end)
    for _, route in ipairs(routes) do
      local due, attempts, first, _, key = readDelivery(id, route)
      if isMeant(route, key, known[3]) then
        add(id, route, known[1], stateOf(id, route, key), due, attempts, first, key, known[2], known[3])
      end
    end
  end
else
  local start = from == '' and '-' or (isOut and '(' or '') .. from
  for _, entry in ipairs(call('XRANGE', KEYS[1], start, '+', 'COUNT', most)) do
    seen = seen + 1
    result[1] = entry[1]
    local event = readEntry(entry, KEYS[2])
    table.sort(event.targets, function(x, y) return tonumber(x[1]) < tonumber(y[1]) end)
    for _, target in ipairs(event.targets) do
      if isMeant(target[1], nil, event.record) then
        add(event.id, target[1], event.owner, 'leased', target[2], '0', '-', nil, event.at, event.record)
      end
    end
  end
end
if seen < most then result[1] = '' end
return result
