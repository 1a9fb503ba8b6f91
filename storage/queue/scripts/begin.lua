-- Say that a crawler works on one seed and on nothing else, or that it does not any more.
-- KEYS[1] leased  HASH  target id -> token|owner|seed; the owner of such a seed begins with '*'
-- ARGV[1] target id   ARGV[2] token   ARGV[3] '1' or '0'
-- returns 1 if the lease was the caller's
local entry = redis.call('HGET', KEYS[1], ARGV[1])
if not entry then return 0 end
local token, owner, seed = string.match(entry, '^(%d+)|%*?([^|]*)|(.*)$')
if token ~= ARGV[2] then return 0 end
if ARGV[3] == '1' then owner = '*' .. owner end
redis.call('HSET', KEYS[1], ARGV[1], token .. '|' .. owner .. '|' .. seed)
return 1
