-- Give leases back unfinished: their seeds go to the front of the ready list, suspects to their own.
-- KEYS[1] leased  HASH  target id -> token|owner|seed
-- KEYS[2] expiry  ZSET  target id by the lease's end
-- KEYS[3] ready   LIST  seeds that wait
-- KEYS[4] suspects LIST seeds whose crawler died
-- KEYS[5] deaths  HASH  target id -> count
-- KEYS[6] alone   LIST  seeds whose crawler died twice or more
-- ARGV    pairs of: target id, token
-- returns how many were ours
local done = 0
for i = 1, #ARGV, 2 do
  local entry = redis.call('HGET', KEYS[1], ARGV[i])
  local prefix = ARGV[i + 1] .. '|'
  if entry and string.sub(entry, 1, #prefix) == prefix then
    local seed = string.match(entry, '^%d+|[^|]*|(.*)$')
    redis.call('HDEL', KEYS[1], ARGV[i])
    redis.call('ZREM', KEYS[2], ARGV[i])
    local deaths = tonumber(redis.call('HGET', KEYS[5], ARGV[i]) or '0')
    local list = KEYS[3]
    if deaths == 1 then list = KEYS[4] elseif deaths >= 2 then list = KEYS[6] end
    -- A seed pushed by hand says nothing of its id.
    if string.find(ARGV[i], '^hand:%d+$') then seed = ARGV[i] .. '|' .. seed end
    redis.call('LPUSH', list, seed)
    done = done + 1
  end
end
return done
