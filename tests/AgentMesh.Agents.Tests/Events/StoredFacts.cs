using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;

namespace AgentMesh.Agents.Tests.Events;

/// <summary>What the event log has of a change, as it is read again.</summary>
internal static class StoredFacts
{
    internal static IEnumerable<FactEntry> Of(AgentChange change) =>
        change.Events.SelectMany(stored => EventLogPage.Read(change.Head, stored.N, stored.Page).Value).OfType<FactEntry>();
}
