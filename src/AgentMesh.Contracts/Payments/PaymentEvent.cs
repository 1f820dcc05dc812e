namespace AgentMesh.Contracts.Payments;

/// <summary>
/// What happened to a payment, for anyone: published on <see cref="Topic"/> of <see cref="Component"/> after it is stored, at least once, in any
/// order. Ids only; who is allowed to read a payment asks for it.
/// </summary>
/// <param name="Id">The same for every repeat.</param>
/// <param name="Type">One of <see cref="PaymentEvents"/>.</param>
/// <param name="PaymentId">The payment.</param>
/// <param name="Agent">The seller, an <c>AgentKey</c>.</param>
/// <param name="At">When it happened.</param>
public sealed record PaymentEvent(string Id, string Type, string PaymentId, string Agent, DateTimeOffset At)
{
    /// <summary>The Dapr pub/sub component.</summary>
    public const string Component = "pubsub";

    /// <summary>Its topic.</summary>
    public const string Topic = "agentmesh.events";
}

/// <summary>The types of <see cref="PaymentEvent"/>.</summary>
public static class PaymentEvents
{
    /// <summary>The money has moved.</summary>
    public const string Settled = "payment.settled";

    /// <summary>The payment was good, and nothing was charged in the end.</summary>
    public const string Failed = "payment.failed";

    /// <summary>Whether the money has moved is not known yet; another event follows.</summary>
    public const string Unknown = "payment.unknown";
}
