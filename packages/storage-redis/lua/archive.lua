#!lua flags=no-writes
-- Archived events, oldest first.
--
-- KEYS 1 an owner's archive, or the events with one id
-- ARGV prefix, id after which to go on (''; from the first), at most so many
-- -> for each: id, its fields as a flat list (record, owner, and for each route how its delivery ended, JSON)
-- Crash: nothing is written.
local call, prefix = redis.call, ARGV[1]
local found = {}
for _, id in ipairs(call('ZRANGEBYLEX', KEYS[1], ARGV[2] == '' and '-' or '(' .. ARGV[2], '+', 'LIMIT', 0, ARGV[3])) do
  found[#found + 1] = { id, call('HGETALL', prefix .. 'archived:' .. id) }
end
return found
