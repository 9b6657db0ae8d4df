-- KEYS: lease, generation. ARGV: token.
local generation = redis.call('GET', KEYS[2])
if generation and redis.call('GET', KEYS[1]) == generation .. ARGV[1] then
  redis.call('DEL', KEYS[1])
  return 1
end
return 0
