/**
 * What must happen in Redis as one step. Each script has one key, so that it runs on the one node of a Redis Cluster
 * that has it. A place in the hash of an app is `<fence> <name>`: the name is the seat's id, a dot, and how often the seat
 * began anew.
 */

/** Reads a place, and names the seat of a name. */
const PLACES = `
local function place(device)
  local text = redis.call('HGET', KEYS[1], device)
  if not text then return nil end
  local at = string.find(text, ' ', 1, true)
  return tonumber(string.sub(text, 1, at - 1)), string.sub(text, at + 1)
end
local function seatOf(name) return string.match(name, '^[^.]+') end
local function replaced(name, channels, app, device, fence)
  local told = { kind = 'replaced', app = app, device = device, fence = fence }
  redis.call('PUBLISH', channels .. seatOf(name), cjson.encode(told))
end
`;

/** The server's clock, as every process sees it. */
const CLOCK = `
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local now = math.floor(micros / 1000)
`;

/**
 * KEYS places of the app; ARGV name, channels of seats, app, device. Takes the place whoever had it, and tells that one.
 * Returns the fence: later than every one before, and than those of a Redis that was emptied.
 */
export const TAKE = `${PLACES}${CLOCK}
local before, name = place(ARGV[4])
local fence = micros
if before and fence <= before then fence = before + 1 end
local text = string.format('%.0f', fence)
redis.call('HSET', KEYS[1], ARGV[4], text .. ' ' .. ARGV[1])
if name and seatOf(name) ~= seatOf(ARGV[1]) then replaced(name, ARGV[2], ARGV[3], ARGV[4], text) end
return text
`;

/**
 * KEYS places of the app; ARGV name, channels of seats, app, then device and fence of each. Takes the places again, except
 * where somebody came later. Returns the devices of these.
 */
export const RETAKE = `${PLACES}
local lost = {}
for i = 4, #ARGV, 2 do
  local device, fence = ARGV[i], tonumber(ARGV[i + 1])
  local before, name = place(device)
  local isOwn = name and seatOf(name) == seatOf(ARGV[1])
  if before and before > fence and not isOwn then
    lost[#lost + 1] = device
  else
    if before and before > fence then fence = before end
    local text = string.format('%.0f', fence)
    redis.call('HSET', KEYS[1], device, text .. ' ' .. ARGV[1])
    if name and not isOwn then replaced(name, ARGV[2], ARGV[3], device, text) end
  end
end
return lost
`;

/** KEYS places of the app; ARGV seat, then devices: those that are still at the seat have no place any more. */
export const LEAVE = `${PLACES}
for i = 2, #ARGV do
  local _, name = place(ARGV[i])
  if name and seatOf(name) == ARGV[1] then redis.call('HDEL', KEYS[1], ARGV[i]) end
end
return 0
`;

/** KEYS places of the app; ARGV device and name of each: a place is removed where it is still of that name. */
export const SWEEP = `${PLACES}
for i = 1, #ARGV, 2 do
  local _, name = place(ARGV[i])
  if name == ARGV[i + 1] then redis.call('HDEL', KEYS[1], ARGV[i]) end
end
return 0
`;

/**
 * KEYS leases; ARGV name, lease in ms, channel of the seat. Returns whether the lease had not ended, and how many listen
 * to the channel.
 */
export const RENEW = `${CLOCK}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
local lived = redis.call('ZSCORE', KEYS[1], ARGV[1]) and 1 or 0
redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[2]), ARGV[1])
return { lived, redis.call('PUBLISH', ARGV[3], '') }
`;

/** KEYS leases. Returns the names whose lease has not ended. */
export const LIVING = `${CLOCK}
return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. string.format('%.0f', now), '+inf')
`;

/**
 * KEYS channel; ARGV text. In a Redis Cluster every node tells all others: what is said by one node, that of the channel's name,
 * is heard in its order. Returns how many listen there.
 */
export const SAY = `return redis.call('PUBLISH', KEYS[1], ARGV[1])`;
