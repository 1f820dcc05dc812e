using Dapr.Actors;

namespace AgentMesh.Contracts.Tenants;

/// <summary>The tenant's list of wallets whose keys are encrypted here: what a change of the master key has to go through.</summary>
public interface ITenantWallets : IActor
{
    /// <summary>Wallets are encrypted with a master key, or are no more.</summary>
    Task<Reply<WalletsNoted>> NoteWallets(NoteWallets request, CancellationToken cancellationToken);

    /// <summary>Hands out wallets that are not encrypted with the newest master key. Refused with <c>invalid_cursor</c> or <c>wallet_unavailable</c>.</summary>
    Task<Reply<WalletsToSeal>> TakeWallets(TakeWallets request, CancellationToken cancellationToken);
}

/// <summary>Notes wallets.</summary>
/// <param name="Wallets">At most 32.</param>
public sealed record NoteWallets(IReadOnlyList<NotedWallet> Wallets);

/// <summary>A wallet.</summary>
/// <param name="User">Whose.</param>
/// <param name="KeyId">The master key that it is encrypted with; null: the agent has no wallet any more.</param>
public sealed record NotedWallet(string User, string? KeyId);

/// <summary>The list has them.</summary>
/// <param name="NoRoom">Wallets that are not in the list, because it is full.</param>
public sealed record WalletsNoted(int NoRoom);

/// <summary>Asks for wallets.</summary>
/// <param name="After">Where to go on, from the answer before; null: from the beginning.</param>
/// <param name="Most">How many; 0 only asks how many there are.</param>
public sealed record TakeWallets(string? After, int Most);

/// <summary>Wallets to encrypt.</summary>
/// <param name="KeyId">The newest master key; null where wallets' keys are not encrypted here, and nothing is to be done.</param>
/// <param name="Users">Whose.</param>
/// <param name="Next">Where to go on; null: the list is over.</param>
/// <param name="Left">Wallets of the tenant that are not encrypted with the newest master key, of those that were handed out too.</param>
public sealed record WalletsToSeal(string? KeyId, IReadOnlyList<string> Users, string? Next, int Left);
