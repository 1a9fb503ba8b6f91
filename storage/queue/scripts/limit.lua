-- Let an event pass if fewer than a limit of its kind passed within a sliding window.
-- KEYS[1] passed  ZSET  event id by its moment, milliseconds
-- ARGV[1] limit, ARGV[2] window in milliseconds, ARGV[3] id of this event
-- returns {1, events left} when it passes, {0, milliseconds until one may pass} when not
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
local passed = redis.call('ZCARD', KEYS[1])
if passed >= limit then
  local oldest = redis.call('ZRANGE', KEYS[1], passed - limit, passed - limit, 'WITHSCORES')
  return {0, math.max(1, tonumber(oldest[2]) + window - now)}
end
redis.call('ZADD', KEYS[1], now, ARGV[3])
redis.call('PEXPIRE', KEYS[1], window)
return {1, limit - passed - 1}
