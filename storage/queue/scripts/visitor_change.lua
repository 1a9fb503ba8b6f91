-- Change a visitor, if it is still the one that the caller means.
-- KEYS[1] visitor  HASH  see visitor_take.lua
-- KEYS[2] old      HASH  the same visitor, if it was retired meanwhile
-- ARGV[1] id   ARGV[2] new state, or ''   ARGV[3] milliseconds for which the caller holds it, or 0
-- ARGV[4...] fields to set: name, value; an empty value removes
-- returns 1 if it was changed
local key = nil
if redis.call('HGET', KEYS[1], 'id') == ARGV[1] then key = KEYS[1] end
if not key and redis.call('HGET', KEYS[2], 'id') == ARGV[1] then key = KEYS[2] end
if not key then return 0 end
if ARGV[2] ~= '' then redis.call('HSET', key, 'state', ARGV[2], 'heldUntil', 0) end
if tonumber(ARGV[3]) > 0 then
  local clock = redis.call('TIME')
  local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
  redis.call('HSET', key, 'heldUntil', now + ARGV[3])
end
for place = 4, #ARGV, 2 do
  if ARGV[place + 1] == '' then
    redis.call('HDEL', key, ARGV[place])
  else
    redis.call('HSET', key, ARGV[place], ARGV[place + 1])
  end
end
return 1
