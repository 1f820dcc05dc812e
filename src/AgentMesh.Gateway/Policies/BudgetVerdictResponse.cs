using System.Text.Json.Serialization;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.Gateway.Policies;

/// <summary>Whether a payment would get its hold now: with what it would be refused, as the refusal has it.</summary>
/// <param name="IsGranted">It would.</param>
/// <param name="Code">The refusal's code.</param>
/// <param name="Detail">One sentence.</param>
/// <param name="Scope">Whose limit it is: <c>agent</c>, <c>session:{id}</c>, <c>tool:{name}</c> or <c>tenant</c>.</param>
/// <param name="Asset">Of what.</param>
/// <param name="Window">In which time.</param>
/// <param name="Available">What is left: atomic units, decimal digits.</param>
/// <param name="ResetsAt">When time alone will have made room.</param>
internal sealed record BudgetVerdictResponse(
    bool IsGranted,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Scope,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Asset,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Window,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Available,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTime? ResetsAt)
{
    /// <param name="stop">Why it would not; null: it would.</param>
    public static BudgetVerdictResponse Of(SpendingStop? stop) => new(
        stop is null, stop?.Code, stop?.Detail, stop?.Shortage?.Scope, stop?.Shortage?.Asset, stop?.Shortage?.Window, stop?.Shortage?.Available,
        stop?.Shortage?.ResetsAt?.UtcDateTime);
}
