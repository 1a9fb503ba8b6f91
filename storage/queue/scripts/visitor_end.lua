-- End a visitor, if it is still the one that the caller means.
-- KEYS[1] visitor  HASH    see visitor_take.lua
-- KEYS[2] old      HASH    the same visitor, if it was retired meanwhile
-- KEYS[3] counts   HASH    counters of all visitors
-- ARGV[1] id   ARGV[2] reason
-- returns 1 if it has ended now
if redis.call('DEL', KEYS[2]) == 1 then return 1 end
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HINCRBY', KEYS[3], 'ended:' .. ARGV[2], 1)
return 1
