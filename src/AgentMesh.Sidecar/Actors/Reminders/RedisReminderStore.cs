using System.Text.Json;
using AgentMesh.Sidecar.State;
using StackExchange.Redis;

namespace AgentMesh.Sidecar.Actors.Reminders;

/// <summary>
/// Reminders in a real Redis: a hash for each (<c>body</c>, <c>revision</c>), for each type a sorted set of their keys by due time in Unix
/// milliseconds, and a key that says which sidecar fires the type. Changes are announced to the other sidecars on a channel.
/// </summary>
internal sealed class RedisReminderStore(IDatabase database, string namespaceName, string owner) : IReminderStore
{
    // Each script is one atomic step. ARGV[1] is the member of the sorted set wherever there is one.
    private const string Save = """
        if ARGV[2] == '0' and redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
        redis.call('HSET', KEYS[1], 'body', ARGV[5], 'revision', ARGV[4])
        redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
        redis.call('PUBLISH', ARGV[6], ARGV[7] .. ARGV[1])
        return 1
        """;

    private const string Delete = """
        redis.call('ZREM', KEYS[2], ARGV[1])
        redis.call('PUBLISH', ARGV[2], ARGV[3] .. ARGV[1])
        return redis.call('DEL', KEYS[1])
        """;

    private const string Advance = """
        if redis.call('HGET', KEYS[1], 'revision') ~= ARGV[2] then return 0 end
        if ARGV[3] == '' then
          redis.call('ZREM', KEYS[2], ARGV[1])
          redis.call('DEL', KEYS[1])
        else
          redis.call('HSET', KEYS[1], 'body', ARGV[4])
          redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
        end
        return 1
        """;

    // Stops at 8 MiB: Redis serves nobody else meanwhile. A member without its hash is an accident and is swept.
    private const string LoadDue = """
        local found, bytes = {}, 0
        for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', ARGV[4], ARGV[2])) do
          local body = redis.call('HGET', ARGV[3] .. member, 'body')
          if body then
            found[#found + 1] = body
            bytes = bytes + #body
            if bytes > 8388608 then break end
          else
            redis.call('ZREM', KEYS[1], member)
          end
        end
        return found
        """;

    private const string HoldLease = """
        local holder = redis.call('GET', KEYS[1])
        if holder and holder ~= ARGV[1] then return 0 end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return 1
        """;

    private const string MayFire = "if redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('HGET', KEYS[2], 'revision') == ARGV[2] then return 1 end return 0";

    private const string ReleaseLease = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end return 1";

    private string Prefix => $"agentmesh:rem:{namespaceName}{Reminder.Separator}";

    public async Task<Reminder?> GetAsync(ActorRef actor, string name, CancellationToken cancellationToken)
    {
        var body = await Run(() => database.HashGetAsync(Prefix + Reminder.KeyOf(actor, name), "body"), cancellationToken);
        return body.IsNull ? null : Read(body);
    }

    public async Task<bool> SaveAsync(Reminder reminder, bool overwrite, CancellationToken cancellationToken) =>
        await EvaluateAsync(Save, Keys(reminder), [reminder.Key, overwrite ? 1 : 0, Score(reminder.Due), reminder.Revision, BodyOf(reminder), Channel, Sender], cancellationToken);

    public async Task DeleteAsync(ActorRef actor, string name, CancellationToken cancellationToken)
    {
        var key = Reminder.KeyOf(actor, name);
        await EvaluateAsync(Delete, [Prefix + key, DueKey(actor.Type)], [key, Channel, Sender], cancellationToken);
    }

    public Task<bool> AdvanceAsync(Reminder reminder, Reminder? next, CancellationToken cancellationToken) => EvaluateAsync(
        Advance, Keys(reminder),
        next is null ? [reminder.Key, reminder.Revision, ""] : [reminder.Key, reminder.Revision, Score(next.Due), BodyOf(next)], cancellationToken);

    public async Task<IReadOnlyList<Reminder>> LoadPageAsync(string type, DateTimeOffset until, int skip, int limit, CancellationToken cancellationToken)
    {
        var found = await Run(() => database.ScriptEvaluateAsync(LoadDue, [DueKey(type)], [Score(until), limit, Prefix, skip]), cancellationToken);
        return [.. ((RedisValue[])found!).Select(Read)];
    }

    public Task<long> CountAsync(string type, CancellationToken cancellationToken) => Run(() => database.SortedSetLengthAsync(DueKey(type)), cancellationToken);

    public Task<bool> HoldLeaseAsync(string type, TimeSpan duration, CancellationToken cancellationToken) =>
        EvaluateAsync(HoldLease, [LeaseKey(type)], [owner, (long)duration.TotalMilliseconds], cancellationToken);

    public Task ReleaseLeaseAsync(string type, CancellationToken cancellationToken) => EvaluateAsync(ReleaseLease, [LeaseKey(type)], [owner], cancellationToken);

    public string GuardOf(Reminder reminder) => $"{reminder.Revision} {owner}";

    public async ValueTask<bool> MayFireAsync(ActorRef actor, string name, string guard, CancellationToken cancellationToken) =>
        guard.Split(' ') is [var revision, var holder]
        && await EvaluateAsync(MayFire, [LeaseKey(actor.Type), Prefix + Reminder.KeyOf(actor, name)], [holder, revision], cancellationToken);

    public Task WatchAsync(Action<ActorRef, string> changed) => Run(
        async () =>
        {
            await database.Multiplexer.GetSubscriber().SubscribeAsync(RedisChannel.Literal(Channel), (_, message) =>
            {
                var text = message.ToString();
                if (!text.StartsWith(Sender, StringComparison.Ordinal) && Reminder.ParseKey(text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..]) is var (actor, name))
                    changed(actor, name);
            });
            return true;
        },
        CancellationToken.None);

    private static long Score(DateTimeOffset due) => due.ToUnixTimeMilliseconds();

    private static byte[] BodyOf(Reminder reminder) => JsonSerializer.SerializeToUtf8Bytes(reminder, ReminderJson.Default.Reminder);

    private static Reminder Read(RedisValue body) => JsonSerializer.Deserialize((byte[])body!, ReminderJson.Default.Reminder)!;

    private RedisKey[] Keys(Reminder reminder) => [Prefix + reminder.Key, DueKey(reminder.Type)];

    private RedisKey DueKey(string type) => $"agentmesh:rem-due:{namespaceName}{Reminder.Separator}{type}";

    private string Channel => $"agentmesh:rem-changed:{namespaceName}";

    private string Sender => owner + "\n";

    private RedisKey LeaseKey(string type) => $"agentmesh:rem-lease:{namespaceName}{Reminder.Separator}{type}";

    private async Task<bool> EvaluateAsync(string script, RedisKey[] keys, RedisValue[] values, CancellationToken cancellationToken) =>
        (int)await Run(() => database.ScriptEvaluateAsync(script, keys, values), cancellationToken) == 1;

    private static Task<T> Run<T>(Func<Task<T>> call, CancellationToken cancellationToken) => RedisConnection.CallAsync(call, "Redis did not confirm", cancellationToken);
}
