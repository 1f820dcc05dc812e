using System.Collections.Immutable;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;

namespace AgentMesh.Agents.Tests.Events;

/// <summary>What the event log has of a change that notes nothing but facts.</summary>
internal static class StoredFacts
{
    internal static ImmutableArray<FactEntry> Of(AgentHead before, AgentChange change) =>
        [.. NewEvents.Of(before, change).Select(logged => Assert.IsType<FactEntry>(logged.Entry))];
}
