#!lua
-- @uses delivery
-- Stores one event, where a plain XADD to the log does not do: it waits, is ordered, deduplicated, archived or limited.
--
-- KEYS 1 the process's log, 2 its claims
-- ARGV prefix, then one event (append-arguments.ts)
-- -> stored, duplicate, share, full (the last two: a limit); FENCED: nothing was done
-- Crash: one step. Before it nothing is there, after it all of it; its leases are taken over.
if isFenced(KEYS[1]) then return fenced() end
return storeEvent(KEYS[1], KEYS[2])
