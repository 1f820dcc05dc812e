namespace AgentMesh.Sidecar.Registry;

/// <summary>The registry's one atomic step: time is Redis' own, so that all members' leases are measured by one clock.</summary>
internal static class RegistryScript
{
    /// <summary>Renews the lease of a member and takes its acknowledgement; an observer only looks.</summary>
    public const string Look = "look";

    /// <summary>A new member, in place of one with the same instance.</summary>
    public const string Join = "join";

    /// <summary>Replaces what is said of a member.</summary>
    public const string Change = "change";

    /// <summary>The member is gone.</summary>
    public const string Leave = "leave";

    /// <summary>
    /// KEYS: members (sorted set, by the end of their leases in Unix milliseconds), records, acknowledgements (hashes by member), epoch
    /// (which is also the channel on which changes are announced). ARGV: verb, member or nothing, acknowledged epoch, lease in
    /// milliseconds, record, instance. Answers epoch, then for each member record, acknowledged epoch, milliseconds left.
    /// </summary>
    /// <remarks>
    /// Members whose lease is over are removed first, the asking one too: it learns that it is not there. An epoch begins at the clock's
    /// milliseconds, so that it rises also after the registry was lost.
    /// </remarks>
    public const string Text = """
        local members, records, acknowledged, epoch = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
        local verb, id = ARGV[1], ARGV[2]
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local moved, told = false, false
        local function remove(gone)
          redis.call('ZREM', members, gone)
          redis.call('HDEL', records, gone)
          redis.call('HDEL', acknowledged, gone)
          moved = true
        end

        for _, gone in ipairs(redis.call('ZRANGEBYSCORE', members, '-inf', string.format('%d', now))) do remove(gone) end
        if redis.call('EXISTS', epoch) == 0 then redis.call('SET', epoch, string.format('%d', now)) end
        if verb == 'join' then
          for _, other in ipairs(redis.call('ZRANGE', members, 0, -1)) do
            if cjson.decode(redis.call('HGET', records, other)).instance == ARGV[6] then remove(other) end
          end
          moved = true
        end
        local known = verb == 'join' or (id ~= '' and redis.call('ZSCORE', members, id))
        if known and verb == 'leave' then
          remove(id)
          known = false
        elseif known and verb ~= 'look' then
          redis.call('HSET', records, id, ARGV[5])
          moved = true
        end
        if moved then redis.call('INCR', epoch) end
        if known then
          redis.call('ZADD', members, string.format('%d', now + tonumber(ARGV[4])), id)
          local before = redis.call('HGET', acknowledged, id)
          -- It hosts nothing yet, so it has nothing to leave.
          local after = verb == 'join' and redis.call('GET', epoch) or ARGV[3]
          told = before ~= after
          redis.call('HSET', acknowledged, id, after)
        end
        if moved or told then redis.call('PUBLISH', epoch, '') end

        local answer = {tonumber(redis.call('GET', epoch))}
        for _, member in ipairs(redis.call('ZRANGE', members, 0, -1)) do
          answer[#answer + 1] = redis.call('HGET', records, member)
          answer[#answer + 1] = tonumber(redis.call('HGET', acknowledged, member))
          answer[#answer + 1] = tonumber(redis.call('ZSCORE', members, member)) - now
        end
        return answer
        """;
}
