using AgentMesh.Agents.ApiKeys;
using AgentMesh.Agents.Conversation;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Tests.ApiKeys;

/// <summary>Keys for tests.</summary>
internal static class SampleApiKeys
{
    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    public static ApiKeyRecord Key { get; } = new(
        "aebagbafaydqq", new PackedEntries(Bytes(0, 16)), new PackedEntries(Bytes(16, 32)), "alice", ["user", "admin"], "CI", Now, Now.AddDays(31), null);

    public static ApiKeyBook Book { get; } = new([new ApiKeyEntry(Key.Id, Key.ExpiresAt), new ApiKeyEntry("aaaaaaaaaaaaa", null)]);

    public static string Id(int n) => ApiKeyId.Of(BitConverter.GetBytes((long)n)).ToString();

    public static ApiKeyRecord Of(int n, DateTimeOffset? expiresAt = null) => Key with { Id = Id(n), ExpiresAt = expiresAt };

    public static byte[] Bytes(int first, int count) => [.. Enumerable.Range(first, count).Select(n => (byte)n)];
}
