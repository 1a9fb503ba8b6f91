-- Reserve the next free moment for a request to a marketplace, over all crawlers of all nodes.
-- KEYS[1] next  STRING  when the next request may go, milliseconds
-- ARGV[1] milliseconds between two requests
-- returns how many milliseconds the caller has to wait
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local slot = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0'))
redis.call('SET', KEYS[1], string.format('%.0f', slot + ARGV[1]), 'PX', 3600000)
return slot - now
