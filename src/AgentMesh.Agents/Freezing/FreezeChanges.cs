using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.State;
using AgentMesh.Agents.Turns;

namespace AgentMesh.Agents.Freezing;

/// <summary>
/// Freezing an agent and the end of that. Each verb is safe to repeat and says what to store. None is refused: an agent whose log takes no event,
/// because it was never used, is being erased or is damaged, is frozen all the same.
/// </summary>
public static class FreezeChanges
{
    /// <summary>Stops the agent's spending. A repeat changes nothing, even with another reason: the first one is why.</summary>
    /// <param name="inputs">The agent's records; null for an agent never used.</param>
    /// <param name="stored">The freeze that stands; null: none.</param>
    /// <param name="reason">Why.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static FreezeChange? Freeze(TurnInputs? inputs, FreezeRecord? stored, string reason, long epoch, DateTimeOffset now)
    {
        now = now.WholeMilliseconds();
        var fact = FactEntry.Of(SessionNames.Default, now, FactTypes.Frozen, ("reason", reason));
        return stored is null ? new FreezeChange(new FreezeRecord(reason, now), Note(inputs, fact, epoch, now)) : null;
    }

    /// <summary>Lets the agent spend again.</summary>
    /// <param name="inputs">The agent's records; null for an agent never used.</param>
    /// <param name="stored">The freeze that stands; null: none.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static FreezeChange? Unfreeze(TurnInputs? inputs, FreezeRecord? stored, long epoch, DateTimeOffset now)
    {
        now = now.WholeMilliseconds();
        var fact = FactEntry.Of(SessionNames.Default, now, FactTypes.Unfrozen);
        return stored is null ? null : new FreezeChange(null, Note(inputs, fact, epoch, now));
    }

    private static AgentChange? Note(TurnInputs? inputs, FactEntry fact, long epoch, DateTimeOffset now)
    {
        if (inputs is null || ConversationWriter.Open(inputs.Head, inputs.OpenEvents, inputs.Turns, inputs.Funds).Value is not { } writer)
            return null;
        writer.Note(fact);
        return writer.ToChange(epoch, now);
    }
}

/// <summary>What a verb comes to, to be stored in one transaction.</summary>
/// <param name="Freeze">The freeze that stands then; null: none.</param>
/// <param name="Agent">The agent's other records; null: they stay.</param>
public sealed record FreezeChange(FreezeRecord? Freeze, AgentChange? Agent);
