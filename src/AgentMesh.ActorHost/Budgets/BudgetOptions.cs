namespace AgentMesh.ActorHost.Budgets;

/// <summary>Section <c>AgentMesh:Budget</c>: what agents may spend.</summary>
internal sealed class BudgetOptions
{
    internal const string Section = "AgentMesh:Budget";

    /// <summary>
    /// The limits of agents that were set none of their own. Default 50 USD of model cost and 50 units of the token of <c>AgentMesh:Payments</c>, each in
    /// any 24 hours.
    /// </summary>
    public IList<DefaultLimitOptions> Defaults { get; } = [];
}

/// <summary>A limit, as it is set by <c>PUT /agent/{userId}/budget</c>.</summary>
internal sealed class DefaultLimitOptions
{
    /// <summary>By what. Default <c>agent</c>.</summary>
    public string Scope { get; set; } = "agent";

    /// <summary>Of what. Default <c>USD</c>.</summary>
    public string Asset { get; set; } = "USD";

    /// <summary>In which time. Default <c>rolling:24h</c>.</summary>
    public string Window { get; set; } = "rolling:24h";

    /// <summary>How much: atomic units, decimal digits. No default.</summary>
    public string Limit { get; set; } = "";
}
