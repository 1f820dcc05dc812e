using System.Collections.Concurrent;

namespace AgentMesh.Sidecar.Actors;

/// <summary>All actors in memory. One table for all processes of the machine: an actor has one turn, wherever it lives.</summary>
internal sealed class ActorTable
{
    private readonly ConcurrentDictionary<ActorRef, ActorTarget> _targets = new();

    public IEnumerable<ActorTarget> Targets => _targets.Select(entry => entry.Value);

    public ActorTarget GetOrAdd(ActorRef actor) =>
        _targets.TryGetValue(actor, out var target) ? target : _targets.GetOrAdd(actor, static key => new ActorTarget(key));

    public ActorTarget? Find(ActorRef actor) => _targets.GetValueOrDefault(actor);

    /// <summary>Removes this target, not a later one of the same actor.</summary>
    public void Remove(ActorTarget target) => _targets.TryRemove(KeyValuePair.Create(target.Actor, target));
}
