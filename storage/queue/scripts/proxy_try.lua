-- Ask for the one request that may try a banned proxy after its cool-down.
-- KEYS[1] proxy  HASH  see proxy_report.lua
-- ARGV[1] milliseconds after which a trial that told nothing has failed to tell
-- returns 1 when the caller may, 0 when not
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local state = redis.call('HMGET', KEYS[1], 'bannedUntil', 'trialUntil')
local banned_until = tonumber(state[1] or '0') or 0
if banned_until == 0 or now < banned_until or now < (tonumber(state[2] or '0') or 0) then
  return 0
end
redis.call('HSET', KEYS[1], 'trialUntil', string.format('%.0f', now + ARGV[1]))
return 1
