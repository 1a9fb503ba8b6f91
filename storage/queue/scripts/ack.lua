-- Forget seeds whose targets are settled. Works only for the lease that is named.
-- KEYS[1] leased  HASH  target id -> token|owner|seed
-- KEYS[2] expiry  ZSET  target id by the lease's end
-- KEYS[3] known   HASH  target id -> marketplace|organization
-- KEYS[4] deaths  HASH  target id -> count
-- ARGV    pairs of: target id, token
-- returns how many were ours
local done = 0
for i = 1, #ARGV, 2 do
  local entry = redis.call('HGET', KEYS[1], ARGV[i])
  if entry and string.sub(entry, 1, #ARGV[i + 1] + 1) == ARGV[i + 1] .. '|' then
    redis.call('HDEL', KEYS[1], ARGV[i])
    redis.call('ZREM', KEYS[2], ARGV[i])
    redis.call('HDEL', KEYS[3], ARGV[i])
    redis.call('HDEL', KEYS[4], ARGV[i])
    done = done + 1
  end
end
return done
