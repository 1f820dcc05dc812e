namespace AgentMesh.Cli.Buying;

/// <summary>How a <c>pay</c> ended. In lower case in its JSON.</summary>
internal enum PayOutcome
{
    /// <summary>Answered with 2xx, with a payment.</summary>
    Paid,

    /// <summary>Answered with 2xx, and no payment was asked for.</summary>
    Free,

    /// <summary>The seller, the spending cap or the faucet said no.</summary>
    Refused,

    /// <summary>A payment was sent, and nobody has said what became of it.</summary>
    Unknown,

    /// <summary>Nobody was reached, or the server failed; no payment was sent.</summary>
    Failed,
}
