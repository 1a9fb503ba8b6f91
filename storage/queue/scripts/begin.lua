-- Say what a crawler does with a seed whose crawlers died: what its death would tell (expire.lua).
-- KEYS[1] leased  HASH  target id -> token|owner|seed; the mark stands before the owner
-- ARGV[1] target id   ARGV[2] token   ARGV[3] the mark: '*' works on it and on nothing else,
--         '~' waits for its page beside others, '' waits for its time
-- returns 1 if the lease was the caller's
local entry = redis.call('HGET', KEYS[1], ARGV[1])
if not entry then return 0 end
local token, owner, seed = string.match(entry, '^(%d+)|[*~]?([^|]*)|(.*)$')
if token ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], token .. '|' .. ARGV[3] .. owner .. '|' .. seed)
return 1
