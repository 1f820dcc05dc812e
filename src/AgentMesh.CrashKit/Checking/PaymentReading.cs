using System.Numerics;

namespace AgentMesh.CrashKit.Checking;

/// <summary>What becomes of a payment, as far as it is told.</summary>
public enum PaymentEnd
{
    /// <summary>Its end is still to come.</summary>
    Open,

    /// <summary>The money has moved.</summary>
    Settled,

    /// <summary>The money has not moved and cannot any more.</summary>
    Failed,

    /// <summary>It is not known whether the money has moved.</summary>
    Unknown,
}

/// <summary>A payment as an agent's list shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="End">What became of it.</param>
/// <param name="Amount">Atomic units.</param>
/// <param name="Transaction">The hash of the transaction; null: not known.</param>
public sealed record PaymentReading(string Id, PaymentEnd End, BigInteger Amount, string? Transaction)
{
    /// <summary>One line of evidence.</summary>
    public override string ToString() => $"payment {Id} {End} {Amount} {Transaction ?? "-"}";
}
