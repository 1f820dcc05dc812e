namespace AgentMesh.Agents.Budgets;

/// <summary>Asks for funds to be set aside before something that costs.</summary>
/// <param name="Id">The caller's; a repeat of it finds the hold it got. At most <see cref="BudgetBounds.HoldIdCharacters"/>.</param>
/// <param name="Kind">What for.</param>
/// <param name="Asset">Of what, see <see cref="BudgetAssets"/>.</param>
/// <param name="Amount">How much is wanted, in atomic units.</param>
/// <param name="Least">The least that is of use; for payments all of <paramref name="Amount"/>.</param>
/// <param name="Session">The session it is spent in; null: in none.</param>
/// <param name="Tool">The tool that spends it; null: none does.</param>
/// <param name="ExpiresAt">When nobody will say any more what became of it. Not compared when an id is used again.</param>
public sealed record HoldRequest(
    string Id, HoldKind Kind, string Asset, UInt128 Amount, UInt128 Least, string? Session, string? Tool, DateTimeOffset ExpiresAt)
{
    /// <summary>The grant of another agent's money that it is of; null: it is of the agent's own.</summary>
    public string? Grant { get; init; }

    /// <summary>Refuses what only a bug asks for.</summary>
    /// <exception cref="ArgumentException">It contradicts itself, or has a name that is too long.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Least, Amount);
        if (Kind != HoldKind.Model && Least != Amount)
            throw new ArgumentException("What is no model's is held whole or not at all.");
        if (Id.Length is 0 or > BudgetBounds.HoldIdCharacters)
            throw new ArgumentException("The id of a hold is empty or too long.");
        if (Asset.Length > BudgetBounds.AssetCharacters)
            throw new ArgumentException("The name of an asset is too long.");
        if (Session is not null && !BudgetScopes.IsWellFormed(BudgetScopes.Session(Session)))
            throw new ArgumentException("That is no session.");
        if (Tool is not null && !BudgetScopes.IsWellFormed(BudgetScopes.Tool(Tool)))
            throw new ArgumentException("That is no tool.");
    }
}

/// <summary>What a hold is for.</summary>
public enum HoldKind
{
    /// <summary>A run of a model, which may cost more than its hold. Over when it expires: all of it counts as spent.</summary>
    Model,

    /// <summary>A payment, which never costs more than its hold. Of unknown outcome when it expires.</summary>
    Payment,

    /// <summary>What another agent may spend, which never spends more. Over when it expires: all of it counts as spent.</summary>
    Delegation,
}
