using System.Text.Json.Serialization;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Budgets;

/// <summary>Funds that are set aside, and what became of them.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">What for.</param>
/// <param name="Asset">Of what.</param>
/// <param name="Asked">How much was wanted.</param>
/// <param name="Amount">How much was set aside.</param>
/// <param name="State">What became of it.</param>
/// <param name="Posted">How much of it was spent; 0 while that is not known.</param>
/// <param name="Session">The session it is spent in; null: in none.</param>
/// <param name="Tool">The tool that spends it; null: none does.</param>
/// <param name="At">When it was taken.</param>
/// <param name="ExpiresAt">When nobody will say any more what became of it.</param>
/// <param name="SettledAt">When it was posted or voided; null: it is open.</param>
public sealed record FundsHold(
    string Id,
    HoldKind Kind,
    string Asset,
    [property: JsonConverter(typeof(AtomicAmountConverter))] UInt128 Asked,
    [property: JsonConverter(typeof(AtomicAmountConverter))] UInt128 Amount,
    HoldState State,
    [property: JsonConverter(typeof(AtomicAmountConverter))] UInt128 Posted,
    string? Session,
    string? Tool,
    DateTimeOffset At,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? SettledAt)
{
    /// <summary>The grant of another agent's money that it is of; null: it is of the agent's own.</summary>
    [JsonRequired]
    public string? Grant { get; init; }

    /// <summary>True while it counts as held: nobody knows yet what it will have cost.</summary>
    [JsonIgnore]
    public bool IsOpen => State is HoldState.Held or HoldState.Unknown;

    /// <summary>When time alone will change it; null: never. A payment of unknown outcome waits for somebody who knows.</summary>
    [JsonIgnore]
    internal DateTimeOffset? NextDue => State == HoldState.Held || State == HoldState.Unknown && Kind != HoldKind.Payment ? ExpiresAt : null;

    /// <summary>True when a limit of that scope and asset counts it.</summary>
    internal bool CountsFor(string scope, string asset) =>
        Asset == asset && Grant is null
        && (scope == BudgetScopes.Agent
            || Session is not null && scope == BudgetScopes.Session(Session)
            || Tool is not null && scope == BudgetScopes.Tool(Tool));

    /// <summary>True when it is what the request has asked for before.</summary>
    internal bool Answers(HoldRequest request) =>
        Kind == request.Kind && Asset == request.Asset && Asked == request.Amount && Session == request.Session && Tool == request.Tool && Grant == request.Grant;

    internal FundsHold Settle(HoldState state, UInt128 posted, DateTimeOffset now) => this with { State = state, Posted = posted, SettledAt = now };
}

/// <summary>What became of a hold.</summary>
public enum HoldState
{
    /// <summary>It is set aside.</summary>
    Held,

    /// <summary>It may have been spent, which counts as spent until somebody knows.</summary>
    Unknown,

    /// <summary>It was spent, all or in part. Final.</summary>
    Posted,

    /// <summary>Nothing of it was spent. Final.</summary>
    Voided,
}
