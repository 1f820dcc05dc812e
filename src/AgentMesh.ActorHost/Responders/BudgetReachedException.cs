namespace AgentMesh.ActorHost.Responders;

/// <summary>The agent's budget has not enough for another call of the model: none is made.</summary>
/// <param name="code">The refusal's code.</param>
internal sealed class BudgetReachedException(string code) : Exception($"The budget has not enough for another call of the model ({code}).")
{
    /// <summary>Why, as a code.</summary>
    public string Code => code;
}
