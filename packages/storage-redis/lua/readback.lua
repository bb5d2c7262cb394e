#!lua flags=allow-oom
-- @uses delivery
-- What the store thinks that a process holds, after a connection broke.
--
-- KEYS 1 the process's log, 2 its marks, 3 its claims
-- ARGV prefix, the id after which to go on ('-': from the beginning), how many entries of the log
-- -> the last id read ('': there are no more); for each entry of the log its id, owner, bytes that count, time, routes
--    (with spaces between), whether some are marked (1, 0); the claims (in the first answer only)
-- Crash: nothing is written.
if isFenced(KEYS[1]) then return fenced() end
local after, count = take(), take()
local from = after == '-' and '-' or '(' .. after
local entries, last = {}, ''
for _, entry in ipairs(call('XRANGE', KEYS[1], from, '+', 'COUNT', count)) do
  last = entry[1]
  local event = readEntry(entry, KEYS[2])
  local routes = {}
  for _, target in ipairs(event.targets) do routes[#routes + 1] = target[1] end
  entries[#entries + 1] = {
    last, event.owner, event.counts and #event.record or 0, event.at, table.concat(routes, ' '),
    call('HEXISTS', KEYS[2], last),
  }
end
return { last, entries, after == '-' and call('SMEMBERS', KEYS[3]) or {} }
