using AgentMesh.Primitives;

namespace AgentMesh.Cli.Meshes;

/// <summary>A request to a gateway.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">Without a slash at its start: below an agent's address, or without a user below the gateway's, about the tenant.</param>
/// <param name="User">Whose agent; null: none.</param>
internal sealed record GatewayRequest(HttpMethod Method, string Path, UserId? User = null)
{
    /// <summary>Parameters beside the tenant, not escaped, without those that are null.</summary>
    public IReadOnlyList<(string Name, string? Value)> Query { get; init; } = [];

    /// <summary>JSON; null: none.</summary>
    public byte[]? Body { get; init; }

    /// <summary>In place of <see cref="Body"/>, what is too long to have in memory: sent once.</summary>
    public HttpContent? Upload { get; init; }

    /// <summary>The key by which it acts once, however often it is sent; null: it is sent once, unless <see cref="CanRepeat"/>.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>It comes to the same however often it is sent, and is sent again while a gateway has no time.</summary>
    public bool CanRepeat { get; init; }

    /// <summary>The media type that is wanted; null: whatever there is.</summary>
    public string? Accept { get; init; }

    /// <summary>How it is to be answered (RFC 7240), such as <c>respond-async</c>; null: as always.</summary>
    public string? Prefer { get; init; }

    /// <summary>The number of the last event that was seen; null: it is about no events, or those from now on.</summary>
    public long? LastEventId { get; init; }

    /// <summary>How long the gateway may wait for what it answers, beside what every answer takes.</summary>
    public TimeSpan Wait { get; init; }
}
