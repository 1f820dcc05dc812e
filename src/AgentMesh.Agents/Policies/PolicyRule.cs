using System.Collections.Immutable;
using AgentMesh.Agents.Payments;

namespace AgentMesh.Agents.Policies;

/// <summary>A rule: it holds for a payment when every condition that it has does. One without conditions holds for every payment of its direction.</summary>
/// <param name="Id">1-64 of <c>[a-z0-9._-]</c>, first a letter or digit; no other rule's.</param>
/// <param name="Effect">What becomes of the payment.</param>
/// <param name="Direction">The payments that it is about.</param>
public sealed record PolicyRule(string Id, PolicyEffect Effect, PaymentDirection Direction)
{
    /// <summary>Addresses, in lower case, one of which is paid; empty: no condition.</summary>
    public ImmutableArray<string> Payees { get; init; } = [];

    /// <summary>Hosts, one of which asks for the payment; empty: no condition.</summary>
    public ImmutableArray<HostPattern> Hosts { get; init; } = [];

    /// <summary>CAIP-19, in lower case, one of which is paid in; empty: no condition.</summary>
    public ImmutableArray<string> Assets { get; init; } = [];

    /// <summary>CAIP-2, one of which is paid on; empty: no condition.</summary>
    public ImmutableArray<string> Networks { get; init; } = [];

    /// <summary>The amount is more than this, atomic units; null: no condition.</summary>
    public UInt128? AmountOver { get; init; }

    /// <summary>The amount is this or less, atomic units; null: no condition.</summary>
    public UInt128? AmountAtMost { get; init; }

    /// <summary>True: the payee is one not paid before; false: it was; null: no condition.</summary>
    public bool? FirstPayee { get; init; }

    /// <summary>With this payment one of the figures is passed; null: no condition.</summary>
    public Velocity? VelocityOver { get; init; }

    /// <summary>With this payment none of the figures is passed; null: no condition.</summary>
    public Velocity? VelocityAtMost { get; init; }

    /// <summary>Whether it holds.</summary>
    /// <param name="payment">In the form of <see cref="PolicyFacts.ToCanonical"/>.</param>
    /// <param name="memory">What was paid before.</param>
    /// <param name="now">The time.</param>
    internal bool Holds(PolicyFacts payment, SpendingMemory memory, DateTimeOffset now) =>
        Direction == payment.Direction
        && (Payees.IsEmpty || Payees.Contains(payment.Payee))
        && (Hosts.IsEmpty || payment.Host is { } host && Hosts.Any(pattern => pattern.Matches(host)))
        && (Assets.IsEmpty || Assets.Contains(payment.Asset))
        && (Networks.IsEmpty || Networks.Contains(payment.Network))
        && (AmountOver is not { } over || payment.AmountAtomic > over)
        && (AmountAtMost is not { } most || payment.AmountAtomic <= most)
        && (FirstPayee is not { } first || memory.Knows(payment) != first)
        && (VelocityOver is not { } passed || !passed.IsKept(payment, memory, Assets, now))
        && (VelocityAtMost is not { } kept || kept.IsKept(payment, memory, Assets, now));
}
