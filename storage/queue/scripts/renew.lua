-- Prolong leases.
-- KEYS[1] leased    HASH  target id -> token|owner|seed
-- KEYS[2] expiry    ZSET  target id by the lease's end, milliseconds
-- KEYS[3] cancelled SET   ids of cancelled jobs
-- ARGV[1] lease in milliseconds, then triples of: target id, token, job id ('' where none)
-- returns the target ids whose lease is gone, or whose job was cancelled
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local lost = {}
for i = 2, #ARGV, 3 do
  local entry = redis.call('HGET', KEYS[1], ARGV[i])
  local ours = entry and string.sub(entry, 1, #ARGV[i + 1] + 1) == ARGV[i + 1] .. '|'
  local cancelled = ARGV[i + 2] ~= '' and redis.call('SISMEMBER', KEYS[3], ARGV[i + 2]) == 1
  if ours then redis.call('ZADD', KEYS[2], now + ARGV[1], ARGV[i]) end
  if cancelled or not ours then lost[#lost + 1] = ARGV[i] end
end
return lost
