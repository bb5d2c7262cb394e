#!lua
-- @uses delivery
-- Stores the events of one request: all of them, or none where they are together over a limit.
--
-- KEYS 1 the process's log, 2 its claims
-- ARGV prefix, owner, bytes of the records that somebody waits for, the owner's limit and that of all ('': none),
--      the checkpoint that moves with them (advance-arguments.ts), number of events, each as append-arguments.ts writes it
-- -> for each stored or duplicate; share, full (a limit), moved (the checkpoint) or FENCED: nothing was done
-- Crash: one step. Before it nothing is there, after it all of it; its leases are taken over.
if isFenced(KEYS[1]) then return fenced() end
local owner, bytes, ownerMost, totalMost = take(), tonumber(take()), take(), take()
if bytes > 0 and (ownerMost ~= '' or totalMost ~= '') then
  local over = overLimit(owner, bytes, ownerMost, totalMost)
  if over then return over end
end
local advance = readAdvance()
if advance and not moveCheckpoint(advance.key, advance.from, advance.to) then return 'moved' end
return storeEvents(KEYS[1], KEYS[2])
