namespace AgentMesh.X402.Exact.Evm.Client;

/// <summary>What may be signed. What it does not name is not paid, and neither a seller nor a model has a say in it.</summary>
public sealed record PaymentPolicy
{
    /// <summary>The tokens and their caps; empty: nothing is paid.</summary>
    public required IReadOnlyList<SpendingCap> Caps { get; init; }

    /// <summary>Seconds that a signature may be valid, whatever the seller allows (default 300). It can be executed until then.</summary>
    public int MaxValiditySeconds { get; init; } = 300;

    /// <summary>The order of work and settlement that is taken, the favorite first (default <c>authorization</c>, then <c>upfront</c>).</summary>
    public IReadOnlyList<string> PaymentFlows { get; init; } = [ExactEvm.AuthorizationFlow, ExactEvm.UpfrontFlow];

    /// <summary>A last word on a payment that passes all else: payees, sums of a day.</summary>
    public Func<PaymentChoice, bool>? Accepts { get; init; }
}
