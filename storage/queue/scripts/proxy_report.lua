-- Count outcomes of requests that went through a proxy, and judge the proxy by the last of them.
-- KEYS[1] proxy  HASH  successes, failures, window, bannedUntil, bans, trialUntil, lastFailure
-- ARGV[1] outcomes, oldest first, separated by blanks: . good, ! bad, @host bad at that host, - unknown
-- ARGV[2] 1 when the one outcome is that of a trial
-- ARGV[3] code of the last failure, or empty
-- ARGV[4] outcomes looked at, ARGV[5] failures among them that ban
-- ARGV[6] the first cool-down, ARGV[7] the longest, milliseconds
-- returns 1 when the proxy is banned now, 0 when it is active
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local state = redis.call('HMGET', KEYS[1], 'window', 'bannedUntil', 'bans')
local window = {}
for outcome in string.gmatch(state[1] or '', '%S+') do window[#window + 1] = outcome end
local banned_until = tonumber(state[2] or '0') or 0
local bans = tonumber(state[3] or '0') or 0
local is_trial = ARGV[2] == '1'

local function ban()
  bans = bans + 1
  local cool_down = math.min(tonumber(ARGV[7]), tonumber(ARGV[6]) * 2 ^ math.min(bans - 1, 20))
  banned_until = now + cool_down
end

-- A host that fails again and again counts once: it may be the host.
local function failures_in(outcomes)
  local count, hosts = 0, {}
  for _, outcome in ipairs(outcomes) do
    if outcome == '!' then
      count = count + 1
    elseif outcome ~= '.' and not hosts[outcome] then
      hosts[outcome] = true
      count = count + 1
    end
  end
  return count
end

for outcome in string.gmatch(ARGV[1], '%S+') do
  local is_good = outcome == '.'
  if outcome ~= '-' then
    redis.call('HINCRBY', KEYS[1], is_good and 'successes' or 'failures', 1)
  end
  if banned_until > 0 then
    -- Requests that were under way when the ban came neither prolong nor end it.
    if is_trial and is_good then
      banned_until = 0
      window = {}
    elseif is_trial and outcome ~= '-' then
      ban()
    end
  elseif outcome ~= '-' then
    window[#window + 1] = outcome
    if #window > tonumber(ARGV[4]) then table.remove(window, 1) end
    local failures = failures_in(window)
    if failures >= tonumber(ARGV[5]) then
      ban()
      window = {}
    elseif failures == 0 and #window == tonumber(ARGV[4]) then
      bans = 0
    end
  end
end

if is_trial then redis.call('HSET', KEYS[1], 'trialUntil', '0') end
if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'lastFailure', ARGV[3]) end
redis.call('HSET', KEYS[1], 'window', table.concat(window, ' '),
  'bannedUntil', string.format('%.0f', banned_until), 'bans', bans)
redis.call('PEXPIRE', KEYS[1], 2592000000)
return banned_until > 0 and 1 or 0
