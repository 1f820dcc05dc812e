using System.Collections.Concurrent;

namespace AgentMesh.Cli.Canary;

/// <summary>One of the agents that the canary owns, and what it has been told of it.</summary>
/// <param name="Tenant">Its tenant.</param>
/// <param name="User">Its user.</param>
/// <param name="Token">With which it is its owner's; null in Development, where everybody is.</param>
internal sealed record CanaryAgent(string Tenant, string User, string? Token)
{
    /// <summary>Ids that name something of it, by kind: what others may guess.</summary>
    public ConcurrentDictionary<string, string> Ids { get; } = new(StringComparer.Ordinal);

    /// <summary>Markers of messages that it has acknowledged: each has to be there in the end.</summary>
    public ConcurrentBag<string> Acknowledged { get; } = [];

    /// <summary>As people and reports name it.</summary>
    public string Name => $"{Tenant}:{User}";

    /// <summary>Where its owner finds it: a token says the tenant, else the path does.</summary>
    public string Path => Token is null ? $"/t/{Tenant}/agent/{User}" : $"/agent/{User}";

    /// <inheritdoc/>
    public bool Equals(CanaryAgent? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
