-- Put seeds into the ready list, each once.
-- KEYS[1] ready   LIST  seeds that wait, oldest first
-- KEYS[2] known   HASH  target id -> marketplace, for every seed that Redis holds (ready or leased)
-- ARGV    triples of: target id, marketplace, seed
-- returns how many were not known before
local pushed = 0
for i = 1, #ARGV, 3 do
  if redis.call('HSETNX', KEYS[2], ARGV[i], ARGV[i + 1]) == 1 then
    redis.call('RPUSH', KEYS[1], ARGV[i + 2])
    pushed = pushed + 1
  end
end
return pushed
