namespace AgentMesh.Contracts.Payments;

/// <summary><c>POST /authorizations/look</c> of the app <c>payments</c>, by the agents: what has become of a payment that an agent has sent, as the chain says it.</summary>
/// <param name="Network">CAIP-2.</param>
/// <param name="Token">The token's address.</param>
/// <param name="From">Who pays.</param>
/// <param name="To">Who is paid.</param>
/// <param name="Amount">Atomic units, decimal digits.</param>
/// <param name="Nonce">The authorization's, 0x and 64 hex digits.</param>
/// <param name="ValidBefore">When nobody can execute it any more.</param>
/// <param name="Transaction">The transaction that somebody named; null: nobody did.</param>
public sealed record AuthorizationLook(
    string Network, string Token, string From, string To, string Amount, string Nonce, DateTimeOffset ValidBefore, string? Transaction = null);

/// <summary>What the chain says.</summary>
/// <param name="State"><see cref="PaymentStates.Settled"/>, <see cref="PaymentStates.Failed"/> or <see cref="PaymentStates.Unknown"/>.</param>
/// <param name="CanBeKnown">There is a node of that chain: asking again may say more.</param>
/// <param name="Transaction">The hash of the transaction.</param>
/// <param name="Reason">Why it failed or is unknown: a code.</param>
/// <param name="Detail">Why, safe to show.</param>
public sealed record AuthorizationOutcome(string State, bool CanBeKnown, string? Transaction = null, string? Reason = null, string? Detail = null);
