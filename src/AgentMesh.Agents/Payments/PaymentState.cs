namespace AgentMesh.Agents.Payments;

/// <summary>Where a payment stands, as far as the agent was told. The words of the wire are those of <c>AgentMesh.Contracts.Payments.PaymentStates</c>.</summary>
public enum PaymentState
{
    /// <summary>The paid work has begun.</summary>
    Executing,

    /// <summary>The agent has promised the money, and may have sent the payment.</summary>
    Authorized,

    /// <summary>Whether the money has moved is not known; another word follows.</summary>
    Unknown,

    /// <summary>The money has moved. Final.</summary>
    Settled,

    /// <summary>The money has not moved. Final.</summary>
    Failed,
}
