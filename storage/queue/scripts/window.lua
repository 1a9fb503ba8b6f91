-- Count an event in a window that begins with its first event.
-- KEYS[1] events  STRING  how many there were; it expires with the window
-- ARGV[1] window in milliseconds
-- returns {events, the window's end in milliseconds since 1970}
local events = redis.call('INCR', KEYS[1])
if events == 1 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
return {events, now + redis.call('PTTL', KEYS[1])}
