using Dapr.Actors;

namespace AgentMesh.Contracts.Tenants;

/// <summary>The tenant's agents that were found damaged, for operators.</summary>
public interface ITenantQuarantine : IActor
{
    /// <summary>An agent was found damaged; a repeat changes nothing.</summary>
    Task<Reply<QuarantineNoted>> NoteQuarantine(NoteQuarantine request, CancellationToken cancellationToken);

    /// <summary>An agent is not damaged any more; a repeat changes nothing.</summary>
    Task<Reply<QuarantineNoted>> ReleaseQuarantine(ReleaseQuarantine request, CancellationToken cancellationToken);

    /// <summary>All of them.</summary>
    Task<Reply<QuarantineList>> ListQuarantined(CancellationToken cancellationToken);
}

/// <summary>An agent is damaged.</summary>
/// <param name="User">Whose.</param>
/// <param name="Reason">What of it, for people.</param>
public sealed record NoteQuarantine(string User, string Reason);

/// <summary>An agent is not damaged any more.</summary>
/// <param name="User">Whose.</param>
public sealed record ReleaseQuarantine(string User);

/// <summary>What there is now.</summary>
/// <param name="IsListed">The agent of the request is on the list.</param>
public sealed record QuarantineNoted(bool IsListed);

/// <summary>The list.</summary>
/// <param name="Agents">At most 1,000; the one that was found first is first.</param>
public sealed record QuarantineList(IReadOnlyList<ListedQuarantine> Agents);

/// <summary>A damaged agent.</summary>
/// <param name="User">Whose.</param>
/// <param name="Reason">What of it is damaged, for people.</param>
/// <param name="Since">When that was found.</param>
public sealed record ListedQuarantine(string User, string Reason, DateTimeOffset Since);
