namespace AgentMesh.Agents.Payments;

/// <summary>A payment in the agent's own records. Nothing in it is a secret: what was signed and what was said stand elsewhere.</summary>
/// <param name="Id">The payment id, 64 lower case hex digits.</param>
/// <param name="Direction">Which way the money goes.</param>
/// <param name="State">Where it stands.</param>
/// <param name="AmountAtomic">Atomic units, decimal digits.</param>
/// <param name="Decimals">Digits behind the point of one unit of the token.</param>
/// <param name="Asset">The token's address.</param>
/// <param name="Network">CAIP-2.</param>
/// <param name="Payer">Who pays.</param>
/// <param name="Payee">Who is paid.</param>
/// <param name="Resource">What for.</param>
/// <param name="CreatedAt">When it was taken.</param>
/// <param name="UpdatedAt">When it last changed.</param>
/// <param name="Transaction">The hash of the transaction, as far as known.</param>
/// <param name="Reason">Why it failed or is unknown: a code.</param>
public sealed record StoredPayment(
    string Id,
    PaymentDirection Direction,
    PaymentState State,
    string AmountAtomic,
    int Decimals,
    string Asset,
    string Network,
    string Payer,
    string Payee,
    string Resource,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    string? Transaction,
    string? Reason)
{
    /// <summary>JSON of everything but what others choose the length of.</summary>
    private const int FixedBytes = 1024;

    /// <summary>A byte in JSON at its worst, <c>\u0000</c>.</summary>
    private const int EscapedBytes = 6;

    internal bool IsOver => State is PaymentState.Settled or PaymentState.Failed;

    /// <summary>Never less than its size as JSON.</summary>
    internal int EncodedBytes => FixedBytes + EscapedBytes * (Resource.Length + (Reason?.Length ?? 0));

    /// <summary>
    /// What is known now. A payment that is over stays as it is, so that an older word that comes late changes nothing; a transaction that is known
    /// is not forgotten.
    /// </summary>
    internal StoredPayment Meet(StoredPayment told) => IsOver || told.State is PaymentState.Executing or PaymentState.Authorized
        ? this
        : this with { State = told.State, Transaction = told.Transaction ?? Transaction, Reason = told.Reason, UpdatedAt = told.UpdatedAt };
}
