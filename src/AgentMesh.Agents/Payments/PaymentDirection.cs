namespace AgentMesh.Agents.Payments;

/// <summary>Which way the money goes.</summary>
public enum PaymentDirection
{
    /// <summary>To the agent.</summary>
    In,

    /// <summary>From the agent.</summary>
    Out,
}
