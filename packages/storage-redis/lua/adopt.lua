#!lua flags=allow-oom
-- Makes a process known, with what it held under an earlier name. A connection that broke may have commands
-- on their way still: they go to the old name, where there is no log any more, and do nothing.
--
-- KEYS 1 log, 2 marks, 3 claims, 4 declared routes of the new name; then the same four for each earlier name
-- ARGV prefix, new name, time to live in ms, what it is (JSON), then the earlier names
-- -> whether an earlier name was there (1, 0), the highest time of an id so far; CLOSED: the store is being copied, or is
--    an unfinished copy
-- Crash: one step. A name that nobody renews is taken over.
local call, prefix, name, ttlMs = redis.call, ARGV[1], ARGV[2], ARGV[3]
local closed = call('GET', prefix .. 'closed')
if not closed and call('EXISTS', prefix .. 'copier') == 1 then
  closed = 'it is being copied, or was until a minute ago'
end
if closed then return redis.error_reply('CLOSED ' .. closed) end
local adopted = 0
for n = 5, #ARGV do
  local first = 4 * (n - 4)
  if call('EXISTS', KEYS[first + 1]) == 1 then
    adopted = 1
    for k = 1, 4 do
      if call('EXISTS', KEYS[first + k]) == 1 then call('RENAME', KEYS[first + k], KEYS[k]) end
    end
    call('HDEL', prefix .. 'leased', ARGV[n])
    call('HDEL', prefix .. 'members', ARGV[n])
    call('DEL', prefix .. 'alive:' .. ARGV[n])
  end
end
if adopted == 0 then
  call('XADD', KEYS[1], '0-1', 'o', '')
  call('XDEL', KEYS[1], '0-1')
end
call('SET', prefix .. 'alive:' .. name, '1', 'PX', ttlMs)
call('HSET', prefix .. 'members', name, ARGV[4])
return { adopted, call('GET', prefix .. 'last') or '0' }
