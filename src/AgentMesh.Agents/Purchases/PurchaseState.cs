namespace AgentMesh.Agents.Purchases;

/// <summary>How far a purchase has come.</summary>
public enum PurchaseState
{
    /// <summary>To be asked for; nothing is promised to anybody.</summary>
    Open,

    /// <summary>The terms are agreed on, the money is set aside, and nothing is signed yet.</summary>
    Authorized,

    /// <summary>The payment is signed, stored, and being sent: from here on it may be out.</summary>
    Sending,

    /// <summary>The payment was sent, and whether the money has moved is not known.</summary>
    Unknown,

    /// <summary>The money has moved. Final.</summary>
    Settled,

    /// <summary>The money has not moved, and cannot any more. Final.</summary>
    Failed,

    /// <summary>There was an answer, and nothing to pay. Final.</summary>
    Free,

    /// <summary>Nothing was promised, and nothing will be. Final.</summary>
    Refused,
}
