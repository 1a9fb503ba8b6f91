-- Hand out the visitor of one key, or the right to make it.
-- KEYS[1] visitor  HASH    id, state (making made proving ready), heldUntil, bornAt, dueAt, maxPages,
--                          pages, unnamed, cookie:<name>
-- KEYS[2] refused  STRING  why no visitor can be made for now: code, a line feed, words
-- KEYS[3] old      HASH    as KEYS[1]: the visitor that the caller's target began with, retired since
-- KEYS[4] counts   HASH    counters of all visitors
-- KEYS[5] failed   STRING  as KEYS[2], for this key alone
-- ARGV[1] id for a new visitor   ARGV[2] milliseconds that making or proving may take
-- ARGV[3] most pages   ARGV[4] longest age in milliseconds   ARGV[5] id that the target began with, or ''
-- ARGV[6] prefix of the key of a retired visitor   ARGV[7] milliseconds that targets go on with it
-- returns {word, id, fields...}; word: make prove ready wait refused
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local refused = redis.call('GET', KEYS[2]) or redis.call('GET', KEYS[5])
if refused then return {'refused', refused} end

local function answer(word, key)
  local found = {word, redis.call('HGET', key, 'id')}
  for _, value in ipairs(redis.call('HGETALL', key)) do found[#found + 1] = value end
  return found
end

local id = redis.call('HGET', KEYS[1], 'id')
if ARGV[5] ~= '' and id ~= ARGV[5] and redis.call('HGET', KEYS[3], 'id') == ARGV[5] then
  redis.call('HINCRBY', KEYS[3], 'pages', 1)
  return answer('ready', KEYS[3])
end
local state = id and redis.call('HGET', KEYS[1], 'state')
local held = id and tonumber(redis.call('HGET', KEYS[1], 'heldUntil')) > now
if state == 'ready' and id ~= ARGV[5] then
  local pages = tonumber(redis.call('HGET', KEYS[1], 'pages'))
  local reason = nil
  if pages >= tonumber(redis.call('HGET', KEYS[1], 'maxPages')) then reason = 'pages' end
  if now >= tonumber(redis.call('HGET', KEYS[1], 'dueAt')) then reason = 'age' end
  if reason then
    local old = ARGV[6] .. id
    redis.call('RENAME', KEYS[1], old)
    redis.call('PEXPIRE', old, ARGV[7])
    redis.call('HINCRBY', KEYS[4], 'ended:' .. reason, 1)
    id = false
  end
elseif state == 'making' and not held then
  -- Its maker has died.
  redis.call('DEL', KEYS[1])
  redis.call('HINCRBY', KEYS[4], 'ended:abandoned', 1)
  id = false
end
if not id then
  redis.call('HSET', KEYS[1], 'id', ARGV[1], 'state', 'making', 'heldUntil', now + ARGV[2],
    'bornAt', now, 'dueAt', now + ARGV[4], 'maxPages', ARGV[3], 'pages', 1, 'unnamed', 0)
  redis.call('PEXPIRE', KEYS[1], ARGV[4] + ARGV[7])
  return {'make', ARGV[1]}
end
if state == 'ready' then
  redis.call('HINCRBY', KEYS[1], 'pages', 1)
  return answer('ready', KEYS[1])
end
if state == 'made' or (state == 'proving' and not held) then
  redis.call('HSET', KEYS[1], 'state', 'proving', 'heldUntil', now + ARGV[2])
  redis.call('HINCRBY', KEYS[1], 'pages', 1)
  return answer('prove', KEYS[1])
end
return {'wait', id}
