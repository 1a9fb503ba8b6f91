-- Reserve the next free moment for a request to a marketplace, over all crawlers of all nodes.
-- KEYS[1] next  STRING  when the next request may go, milliseconds
-- KEYS[2] used  HASH    minute since 1970 -> requests that go in it; absent for what nobody counts
-- ARGV[1] milliseconds between two requests
-- returns how many milliseconds the caller has to wait
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local slot = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0'))
redis.call('SET', KEYS[1], string.format('%.0f', slot + ARGV[1]), 'PX', 3600000)
if KEYS[2] then
  local minute = math.floor(slot / 60000)
  if redis.call('HINCRBY', KEYS[2], minute, 1) == 1 then
    -- Later ones than this minute may be there already: requests are reserved ahead.
    for _, field in ipairs(redis.call('HKEYS', KEYS[2])) do
      if tonumber(field) < math.floor(now / 60000) - 1 then redis.call('HDEL', KEYS[2], field) end
    end
  end
  redis.call('PEXPIRE', KEYS[2], 3600000)
end
return slot - now
