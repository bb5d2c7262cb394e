#!lua flags=no-writes
-- Dead letters, oldest first, some at a time.
--
-- KEYS 1 the ids of all
-- ARGV prefix, id after which to go on (''; from the first), most to find, most to look at, type (''; any),
--      time of the last attempt from which on (''; any), whether routes follow (1, 0), the routes
-- -> the id after which to go on (''; there are no more), then for each: id, route, details, record
-- Crash: nothing is written.
local call, prefix, after = redis.call, ARGV[1], ARGV[2]
local most, look, eventType, since = tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5], tonumber(ARGV[6])
local wanted = {}
for n = 8, #ARGV do wanted[ARGV[n]] = true end
local ids = call('ZRANGEBYLEX', KEYS[1], after == '' and '-' or '(' .. after, '+', 'LIMIT', 0, look)
local result = { #ids == look and ids[#ids] or '' }
local found = 0
for _, id in ipairs(ids) do
  local letter = prefix .. 'dead:' .. id
  local fields = call('HMGET', letter, 'route', 'type', 'last', 'details')
  if fields[1]
    and (ARGV[7] == '0' or wanted[fields[1]])
    and (eventType == '' or fields[2] == eventType)
    and (not since or tonumber(fields[3]) >= since)
  then
    if found == most then
      result[1] = ''
      break
    end
    found = found + 1
    result[#result + 1] = id
    result[#result + 1] = fields[1]
    result[#result + 1] = fields[4]
    result[#result + 1] = call('HGET', letter, 'record') or ''
  end
end
return result
