#!lua flags=allow-oom
-- Declares all routes of a process's topology. New ones get a number; what no process declares is an orphan.
--
-- KEYS 1 the process's log, 2 its declared routes
-- ARGV prefix, name, now, then the routes
-- -> their numbers; FENCED: nothing was done
-- Crash: one step.
local call, prefix, name, now = redis.call, ARGV[1], ARGV[2], ARGV[3]
if call('EXISTS', KEYS[1]) == 0 then return redis.error_reply('FENCED this process was taken for dead') end
local routes, orphaned = prefix .. 'routes', prefix .. 'orphaned'
local numbers, declared = {}, {}
call('DEL', KEYS[2])
for n = 4, #ARGV do
  local number = call('HGET', routes, ARGV[n])
  if not number then
    number = string.format('%d', call('INCR', prefix .. 'route-number'))
    call('HSET', routes, ARGV[n], number)
  end
  numbers[#numbers + 1] = number
  declared[number] = true
  call('SADD', KEYS[2], number)
end
for _, other in ipairs(call('HKEYS', prefix .. 'members')) do
  if other ~= name then
    for _, number in ipairs(call('SMEMBERS', prefix .. 'declared:' .. other)) do declared[number] = true end
  end
end
for _, number in ipairs(call('HVALS', routes)) do
  if declared[number] then call('HDEL', orphaned, number) else call('HSETNX', orphaned, number, now) end
end
return numbers
