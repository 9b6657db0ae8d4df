#!lua flags=allow-oom
-- KEYS: generation, fence of the last clearing. ARGV: a new generation, xid, lsn, fence's milliseconds.
redis.call('SET', KEYS[1], ARGV[1])
raise(KEYS[2], ARGV[2], ARGV[3], ARGV[4])
return 1
