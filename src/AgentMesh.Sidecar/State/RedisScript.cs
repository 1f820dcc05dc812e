namespace AgentMesh.Sidecar.State;

/// <summary>The transaction as one script, so that Redis applies all of it or nothing.</summary>
internal static class RedisScript
{
    /// <summary>An upsert in <c>ARGV[1]</c>.</summary>
    public const byte Upsert = (byte)'U';

    /// <summary>A deletion in <c>ARGV[1]</c>.</summary>
    public const byte Delete = (byte)'D';

    /// <summary>How the answer to a broken rule begins; the key follows.</summary>
    public const string Conflict = "ETAG ";

    /// <summary>
    /// KEYS: one for each operation. ARGV[1]: one letter for each operation; then the values, empty for a deletion; then, when any
    /// operation has rules, a text for each: the version wanted (0: any), 1 for first-write, and the time to live in seconds or nothing.
    /// </summary>
    /// <remarks>
    /// It leaves what the scripts of Dapr's state/redis leave: a key of another type is replaced, a hash with <c>first-write</c> and a
    /// version refuses a write that has no etag, HSET keeps an expiry. Redis does not undo the first writes of a script that
    /// fails later, so everything that can fail is looked at in a first loop which writes nothing. (Memory and disk errors stop a
    /// script at its first write only.) Dapr runs one script for each key and has no such first loop.
    /// </remarks>
    public const string Transact = """
        local operations, start, version, marked, foreign = ARGV[1], {}, {}, {}, {}
        local function rules(i) return (ARGV[#KEYS + 1 + i] or '0 0 '):match('^(%S+) (%S) (%S*)$') end
        for i, key in ipairs(KEYS) do
          local deletes = operations:byte(i) == 68
          local wanted, first = rules(i)
          if not version[key] then
            local found = redis.pcall('HMGET', key, 'version', 'first-write')
            if found.err then
              if found.err:sub(1, 9) ~= 'WRONGTYPE' then return redis.error_reply(found.err) end
              found = {}
              foreign[key] = true
            end
            local current = found[1] or '0'
            if not deletes and current ~= '' and not current:match('^%-?%d+$') then
              return redis.error_reply('ERR failed to set key ' .. key .. ': its version is not an integer')
            end
            start[key] = tonumber(current) or 0
            version[key] = start[key]
            marked[key] = found[2] and true or false
          end
          local free = version[key] == 0 or string.format('%d', version[key]) == wanted
          if not free and (wanted ~= '0' or (marked[key] and not deletes)) then return redis.error_reply('ETAG ' .. key) end
          if deletes then
            version[key], marked[key] = 0, false
          else
            version[key], marked[key] = version[key] + 1, marked[key] or first == '1'
          end
        end
        for i, key in ipairs(KEYS) do
          local _, first, ttl = rules(i)
          if operations:byte(i) == 68 then
            redis.call('DEL', key)
            start[key] = 0
          else
            if foreign[key] then redis.call('DEL', key) end
            start[key] = start[key] + 1
            redis.call('HSET', key, 'data', ARGV[i + 1], 'version', string.format('%d', start[key]))
            if first == '1' then redis.call('HSET', key, 'first-write', '0') end
            if ttl ~= '' then
              if tonumber(ttl) > 0 then redis.call('EXPIRE', key, ttl) else redis.call('PERSIST', key) end
            end
          end
          foreign[key] = nil
        end
        return 1
        """;

    /// <summary>The same, with a <see cref="StateFence"/> as the last two of ARGV.</summary>
    public const string TransactFenced = """
        local member, members = table.remove(ARGV), table.remove(ARGV)
        if not redis.call('ZSCORE', members, member) then
          return redis.error_reply('ERR the actor has gone to another sidecar')
        end

        """ + Transact;
}
