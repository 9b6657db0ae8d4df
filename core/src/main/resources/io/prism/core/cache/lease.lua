-- KEYS: value, lease, generation. ARGV: token, lease's milliseconds.
-- What lookup does where there is no value; where there is one, it stays in Redis.
local generation = redis.call('GET', KEYS[3])
if not generation then
  generation = begin(ARGV[1])
  redis.call('SET', KEYS[3], generation)
end
if redis.call('GETRANGE', KEYS[1], 0, 15) == generation then
  return 0
end
local lease = redis.call('GET', KEYS[2])
if lease and string.sub(lease, 1, 16) == generation then
  return 0
end
redis.call('SET', KEYS[2], generation .. ARGV[1], 'PX', ARGV[2])
return 1
