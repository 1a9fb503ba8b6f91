-- Take seeds under a lease.
-- KEYS[1] ready     LIST    seeds that wait
-- KEYS[2] suspects  LIST    seeds whose crawler died; each crawler takes a few of them at a time
-- KEYS[3] leased    HASH    target id -> token|owner|seed
-- KEYS[4] expiry    ZSET    target id by the lease's end, milliseconds
-- KEYS[5] known     HASH    target id -> marketplace|organization
-- KEYS[6] deaths    HASH    target id -> how many deaths of crawlers count against it, see expire.lua
-- KEYS[7] refused   LIST    what could not be read as a seed, newest first, capped
-- KEYS[8] cancelled SET     ids of cancelled jobs
-- KEYS[9] fence     STRING  the last token given
-- KEYS[10] alone    LIST    seeds whose crawler died twice or more; each crawler takes one at a time
-- ARGV[1] how many, ARGV[2] lease in milliseconds, ARGV[3] owner,
-- ARGV[4] how many suspects are welcome, ARGV[5] how many of KEYS[10] (0 or 1)
-- returns {{target id, token, deaths, seed}, ...}
-- A seed pushed by hand has no id until its first lease; when it comes back, it is listed as id|seed.

-- Clients decode every answer: one seed with broken bytes in it would cost them all others.
local function is_utf8(text)
  if not string.find(text, '[\128-\255]') then return true end
  text = string.gsub(text, '[\240-\244][\128-\191][\128-\191][\128-\191]', 'x')
  text = string.gsub(text, '[\224-\239][\128-\191][\128-\191]', 'x')
  text = string.gsub(text, '[\194-\223][\128-\191]', 'x')
  return not string.find(text, '[\128-\255]')
end

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
-- Tokens grow for ever: with the clock, so that they still do after Redis came back empty.
local token = math.max(clock[1] * 1000000 + clock[2], tonumber(redis.call('GET', KEYS[9]) or '0') + 1)
local wanted = tonumber(ARGV[1])
local leases = {}
local suspects_welcome = tonumber(ARGV[4])
local alone_welcome = tonumber(ARGV[5])
-- Bounded: a list full of cancelled seeds must not hold the server.
for _ = 1, wanted + 1000 do
  if #leases >= wanted then break end
  local seed = false
  if alone_welcome > 0 then
    alone_welcome = alone_welcome - 1
    seed = redis.call('LPOP', KEYS[10])
  end
  if not seed and suspects_welcome > 0 then
    suspects_welcome = suspects_welcome - 1
    seed = redis.call('LPOP', KEYS[2])
  end
  if not seed then seed = redis.call('LPOP', KEYS[1]) end
  if not seed then break end
  local job = nil
  local id, rest = string.match(seed, '^(hand:%d+)|(.*)$')
  if id then seed = rest end
  local readable, message = pcall(cjson.decode, seed)
  local has_url = readable and type(message) == 'table' and type(message['url']) == 'string'
  local is_seed = has_url or not readable and string.match(seed, '^https?://')
  if not is_seed or not is_utf8(seed) then
    redis.call('LPUSH', KEYS[7], seed)
    redis.call('LTRIM', KEYS[7], 0, 999)
    seed = nil
  elseif has_url and type(message['meta']) == 'table' then
    local meta = message['meta']
    if type(meta['targetId']) == 'string' then id = meta['targetId'] end
    if type(meta['jobId']) == 'string' then job = meta['jobId'] end
  end
  if seed then
    if job and redis.call('SISMEMBER', KEYS[8], job) == 1 then
      if id then
        redis.call('HDEL', KEYS[5], id)
        redis.call('HDEL', KEYS[6], id)
      end
    else
      if not id then id = 'hand:' .. string.format('%.0f', token) end
      local text = string.format('%.0f', token)
      redis.call('HSET', KEYS[3], id, text .. '|' .. ARGV[3] .. '|' .. seed)
      redis.call('ZADD', KEYS[4], now + ARGV[2], id)
      local deaths = redis.call('HGET', KEYS[6], id) or '0'
      leases[#leases + 1] = {id, text, deaths, seed}
      token = token + 1
    end
  end
end
redis.call('SET', KEYS[9], string.format('%.0f', token))
return leases
