-- Drop the ready seeds of cancelled jobs, and have later leases skip them.
-- KEYS[1] ready     LIST  seeds that wait
-- KEYS[2] suspects  LIST  seeds whose crawler died
-- KEYS[3] alone     LIST  seeds whose crawler died twice or more
-- KEYS[4] known     HASH  target id -> marketplace|organization
-- ARGV    job ids
-- returns how many seeds were dropped
local wanted = {}
for _, job in ipairs(ARGV) do wanted[job] = true end
local dropped = 0
for k = 1, 3 do
  for _, seed in ipairs(redis.call('LRANGE', KEYS[k], 0, -1)) do
    local readable, message = pcall(cjson.decode, seed)
    local meta = readable and type(message) == 'table' and message['meta']
    if type(meta) == 'table' and type(meta['jobId']) == 'string' and wanted[meta['jobId']] then
      redis.call('LREM', KEYS[k], 1, seed)
      redis.call('HDEL', KEYS[4], meta['targetId'])
      dropped = dropped + 1
    end
  end
end
return dropped
