#!lua flags=allow-oom
-- KEYS: value, lease, fence of each. ARGV: fence's milliseconds, then xid and lsn of each.
-- A value that shows the change is kept, so that a change told twice or late costs nothing. Transaction
-- ids come round, so only a young value is believed.
local now = redis.call('TIME')
local millis = now[1] * 1000 + math.floor(now[2] / 1000)
local deleted = 0
for i = 1, #KEYS / 3 do
  local value, lease, fence = KEYS[i * 3 - 2], KEYS[i * 3 - 1], KEYS[i * 3]
  local xid, lsn = ARGV[i * 2], ARGV[i * 2 + 1]
  local head = redis.call('GETRANGE', value, 0, 59)
  local shows = false
  if #head == 60 then
    local xmin, point = string.sub(head, 17, 32), string.sub(head, 33, 48)
    if lsn ~= NO_POINT and point ~= NO_POINT then
      shows = before(lsn, point)
    elseif xid ~= NO_XID and xmin ~= NO_POINT then
      shows = older(xid, string.sub(xmin, 9))
          and millis - tonumber(string.sub(head, 49, 60), 16) < 600000
    end
  end
  if not shows then
    deleted = deleted + redis.call('DEL', value)
    redis.call('DEL', lease)
  end
  raise(fence, xid, lsn, ARGV[1])
end
return deleted
