namespace AgentMesh.Gateway.Turns;

/// <summary>How long a caller waits for a turn.</summary>
internal sealed class TurnOptions
{
    public const string Section = "AgentMesh:Turns";

    /// <summary>How long a message waits for its answer before it is answered 202. Default 100 s, what HTTP clients wait by default.</summary>
    public TimeSpan WaitTimeout { get; set; } = TimeSpan.FromSeconds(100);
}
