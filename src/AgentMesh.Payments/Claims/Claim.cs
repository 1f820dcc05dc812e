using AgentMesh.Payments.Settlement;

namespace AgentMesh.Payments.Claims;

/// <summary>
/// Which run may work on a payment, and whether the order to settle may have gone out. Outside of the actor's state and written only on the version
/// that was read: two activations of one actor can overwrite each other's records, and cannot both get this. Its phase never goes back.
/// </summary>
/// <param name="Owner">A random name of the run.</param>
/// <param name="Attempt">Its number. Only a later one may take over, and only while the phase is <see cref="ClaimPhase.Executing"/>.</param>
/// <param name="Phase">What may have been done.</param>
/// <param name="At">When it was written.</param>
internal sealed record Claim(string Owner, int Attempt, ClaimPhase Phase, DateTimeOffset At)
{
    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = PaymentStateJson.ClaimVersion;
}

/// <summary>What may have been done under a claim.</summary>
internal enum ClaimPhase
{
    /// <summary>The seller may have been asked, which acts once however often. Nothing is settled.</summary>
    Executing,

    /// <summary>The order to settle may have gone out. Nobody sends it again.</summary>
    Settling,

    /// <summary>Nothing was settled, and nothing will be.</summary>
    Released,
}
