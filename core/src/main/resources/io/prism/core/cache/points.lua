-- What the scripts share. Numbers are hexadecimal texts of a fixed width, never doubles of 64 bits.
local NO_XID, NO_POINT = '00000000', '0000000000000000'

-- Whether transaction a is older than b, by their last 32 bits, as PostgreSQL compares them.
local function older(a, b)
  local distance = (tonumber(b, 16) - tonumber(a, 16)) % 4294967296
  return distance > 0 and distance < 2147483648
end

-- Whether log position a comes before b.
local function before(a, b)
  local ah, bh = tonumber(string.sub(a, 1, 8), 16), tonumber(string.sub(b, 1, 8), 16)
  if ah ~= bh then
    return ah < bh
  end
  return tonumber(string.sub(a, 9), 16) < tonumber(string.sub(b, 9), 16)
end

-- The name of a generation that a lookup begins where there is none; tokens never come twice.
local function begin(token)
  return string.sub(redis.sha1hex(token), 1, 16)
end

-- Raises a fence to a change; a fence is the newest transaction and the newest position seen.
local function raise(key, xid, lsn, millis)
  if xid == NO_XID and lsn == NO_POINT then
    return
  end
  local fence = redis.call('GET', key)
  if fence then
    local had_xid, had_lsn = string.sub(fence, 1, 8), string.sub(fence, 9)
    if xid == NO_XID or (had_xid ~= NO_XID and older(xid, had_xid)) then
      xid = had_xid
    end
    if before(lsn, had_lsn) then
      lsn = had_lsn
    end
  end
  redis.call('SET', key, xid .. lsn, 'PX', millis)
end
