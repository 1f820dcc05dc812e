using System.Diagnostics.Metrics;

namespace AgentMesh.ServiceDefaults.Telemetry;

/// <summary>Actors of a type in memory, and reminders that come to them. Apps that host some have it beside what they count of their own.</summary>
public sealed class ActorMetrics
{
    private readonly KeyValuePair<string, object?> _type;
    private readonly Counter<long> _reminders;
    private readonly UpDownCounter<long> _active;

    /// <summary>Counts actors of a type.</summary>
    /// <param name="meter">The app's.</param>
    /// <param name="actorType">The type, by which they are told apart.</param>
    public ActorMetrics(Meter meter, string actorType)
    {
        ArgumentNullException.ThrowIfNull(meter);
        _type = new("agentmesh.actor.type", actorType);
        _reminders = meter.CreateCounter<long>("agentmesh.reminders.fired", "{reminder}", "Reminders that have come.");
        _active = meter.CreateUpDownCounter<long>("agentmesh.actors.active", "{actor}", "Actors in memory.");
    }

    /// <summary>A reminder has come.</summary>
    /// <param name="reminder">Its name, which is one of few.</param>
    public void ReminderFired(string reminder) => _reminders.Add(1, _type, new("agentmesh.reminder", reminder));

    /// <summary>An actor has come into memory.</summary>
    public void Activated() => _active.Add(1, _type);

    /// <summary>It has left.</summary>
    public void Deactivated() => _active.Add(-1, _type);
}
