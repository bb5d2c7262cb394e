#!lua flags=allow-oom
-- @uses delivery
-- Gives leases back: as due as they were, no attempt counted.
--
-- KEYS 1 the process's log, 2 its marks, 3 its claims
-- ARGV prefix, then for each lease: id, route
-- -> 1; FENCED: nothing was done
-- Crash: one step. Before it the leases are taken over, after it the deliveries wait.
if isFenced(KEYS[1]) then return fenced() end
while position < #ARGV do giveBack(KEYS[1], KEYS[2], KEYS[3], take(), take()) end
return 1
