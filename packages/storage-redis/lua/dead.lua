#!lua flags=no-writes
-- Who is dead: listed, and not alive.
--
-- KEYS 1 the members
-- ARGV prefix, whether only those are meant that somebody has begun to take over from (1, 0)
-- -> their names
-- Crash: nothing is written.
local call, prefix = redis.call, ARGV[1]
local dead = {}
for _, name in ipairs(call('HKEYS', KEYS[1])) do
  local isBegun = call('SISMEMBER', prefix .. 'gone', name) == 1
  local isDead = isBegun or (ARGV[2] == '0' and call('EXISTS', prefix .. 'alive:' .. name) == 0)
  if isDead then dead[#dead + 1] = name end
end
return dead
