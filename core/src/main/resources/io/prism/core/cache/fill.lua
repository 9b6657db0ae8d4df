-- KEYS: value, lease, generation, fence, fence of the last clearing.
-- ARGV: token, xmin, lsn, as-of, ttl in milliseconds, bytes.
local generation = redis.call('GET', KEYS[3])
local lease = redis.call('GET', KEYS[2])
if not generation or not lease or lease ~= generation .. ARGV[1] then
  return 'voided'
end
redis.call('DEL', KEYS[2])
local xmin, lsn = ARGV[2], ARGV[3]
-- Each thing both sides know must be newer than the change, and there must be such a thing.
local function newer(fence)
  if not fence then
    return true
  end
  local fence_xid, fence_lsn = string.sub(fence, 1, 8), string.sub(fence, 9)
  local compared = false
  if fence_xid ~= NO_XID and xmin ~= NO_POINT then
    if not older(fence_xid, string.sub(xmin, 9)) then
      return false
    end
    compared = true
  end
  if fence_lsn ~= NO_POINT and lsn ~= NO_POINT then
    if not before(fence_lsn, lsn) then
      return false
    end
    compared = true
  end
  return compared
end
if not newer(redis.call('GET', KEYS[4])) or not newer(redis.call('GET', KEYS[5])) then
  return 'older'
end
local now = redis.call('TIME')
local stored = string.format('%012x', now[1] * 1000 + math.floor(now[2] / 1000))
redis.call('SET', KEYS[1], generation .. xmin .. lsn .. stored .. ARGV[4] .. ARGV[6], 'PX', ARGV[5])
return 'stored'
