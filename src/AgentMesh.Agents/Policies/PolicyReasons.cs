namespace AgentMesh.Agents.Policies;

/// <summary>Why a verdict is what it is, in order of precedence. The words of the wire.</summary>
public static class PolicyReasons
{
    /// <summary>What is known of the payment is no payment; such a thing is denied.</summary>
    public const string InvalidPayment = "invalid_payment";

    /// <summary>A rule holds.</summary>
    public const string Rule = "rule";

    /// <summary>Neither a rule that holds nor the document's list names the asset; it is denied whatever else is said.</summary>
    public const string AssetNotListed = "asset_not_listed";

    /// <summary>No rule holds: the document's default.</summary>
    public const string Default = "default";
}
