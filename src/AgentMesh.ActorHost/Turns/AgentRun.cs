using System.Diagnostics;

namespace AgentMesh.ActorHost.Turns;

/// <summary>A run of the model for an agent.</summary>
/// <param name="Agent">The actor id.</param>
/// <param name="Turn">The turn.</param>
/// <param name="Attempt">Which run.</param>
internal sealed record AgentRun(string Agent, long Turn, int Attempt)
{
    private static readonly ActivitySource Source = new("AgentMesh.Turns");

    /// <summary>What has started it: the message, or the reminder that found it after its process had died. In memory only, as the run is.</summary>
    public ActivityContext Cause { get; } = Activity.Current?.Context ?? default;

    /// <summary>Its span; null: nobody gathers them.</summary>
    public Activity? StartSpan()
    {
        var span = Source.StartActivity("turn", ActivityKind.Internal, Cause);
        span?.SetTag("agentmesh.agent", Agent).SetTag("agentmesh.turn", Turn).SetTag("agentmesh.attempt", Attempt);
        return span;
    }
}
