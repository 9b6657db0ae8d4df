-- KEYS: value, lease, generation. ARGV: token, lease's milliseconds.
local generation = redis.call('GET', KEYS[3])
if not generation then
  generation = begin(ARGV[1])
  redis.call('SET', KEYS[3], generation)
end
local entry = redis.call('GET', KEYS[1])
if entry then
  if string.sub(entry, 1, 16) == generation then
    return {'hit', entry}
  end
  redis.call('DEL', KEYS[1])
end
local lease = redis.call('GET', KEYS[2])
if lease and string.sub(lease, 1, 16) == generation then
  return {'filling', string.sub(lease, 17)}
end
redis.call('SET', KEYS[2], generation .. ARGV[1], 'PX', ARGV[2])
return {'miss'}
