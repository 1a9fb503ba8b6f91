-- Take back leases that ended without a word from their crawler.
-- The seeds become suspects: one of them may have killed it. After a second death a crawler loads and
-- reads such a seed while it works on nothing else, and says so in its lease (begin.lua). From then on
-- only deaths of such crawlers count: a crawler that dies while the seed waits says nothing of it.
-- One that dies while the seed's page is on the way says little: it counts half, and from then on the
-- crawler stays with the seed through its downloads (seclusion.py), so that the next death says all.
-- KEYS[1] leased    HASH  target id -> token|owner|seed
-- KEYS[2] expiry    ZSET  target id by the lease's end, milliseconds
-- KEYS[3] suspects  LIST  seeds whose crawler died
-- KEYS[4] deaths    HASH  target id -> how many deaths count against it
-- KEYS[5] alone     LIST  seeds whose crawler died twice or more
-- KEYS[6] redeliveries STRING  how many seeds ever came back so
-- ARGV[1] how many deaths are enough, ARGV[2] how many leases to look at
-- returns {{target id, token, seed}, ...} of targets that died often enough. They stay leased (to
-- nobody, for a minute), so that a caller who dies before settling them finds them again.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local exhausted = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, ARGV[2])) do
  local entry = redis.call('HGET', KEYS[1], id)
  local token, owner, seed = nil, nil, nil
  if entry then token, owner, seed = string.match(entry, '^(%d+)|([^|]*)|(.*)$') end
  if not seed then
    redis.call('ZREM', KEYS[2], id)
  else
    local deaths = tonumber(redis.call('HGET', KEYS[4], id) or '0')
    local is_alone = string.sub(owner, 1, 1) == '*'
    local is_loading = string.sub(owner, 1, 1) == '~'
    if owner ~= '' and (deaths < 2 or is_alone) then
      deaths = deaths + 1
    elseif is_loading and deaths < 2.5 then
      deaths = 2.5
    end
    if owner ~= '' and deaths > 0 then redis.call('HSET', KEYS[4], id, tostring(deaths)) end
    if deaths >= tonumber(ARGV[1]) then
      redis.call('HSET', KEYS[1], id, token .. '||' .. seed)
      redis.call('ZADD', KEYS[2], now + 60000, id)
      exhausted[#exhausted + 1] = {id, token, seed}
    else
      redis.call('HDEL', KEYS[1], id)
      redis.call('ZREM', KEYS[2], id)
      -- A seed pushed by hand says nothing of its id, and its deaths are counted by it.
      if string.find(id, '^hand:%d+$') then seed = id .. '|' .. seed end
      redis.call('INCR', KEYS[6])
      redis.call('RPUSH', deaths >= 2 and KEYS[5] or KEYS[3], seed)
    end
  end
end
return exhausted
