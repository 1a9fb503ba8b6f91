-- Put seeds into the ready list, each once.
-- KEYS[1] ready   LIST  seeds that wait, the next first
-- KEYS[2] known   HASH  target id -> marketplace|organization, for every seed that Redis holds
--                       (ready or leased)
-- ARGV[1] 1: before all others, the last of them first; 0: behind them
-- ARGV    then triples of: target id, marketplace|organization, seed
-- returns how many were not known before
local pushed = 0
local push = ARGV[1] == '1' and 'LPUSH' or 'RPUSH'
for i = 2, #ARGV, 3 do
  if redis.call('HSETNX', KEYS[2], ARGV[i], ARGV[i + 1]) == 1 then
    redis.call(push, KEYS[1], ARGV[i + 2])
    pushed = pushed + 1
  end
end
return pushed
