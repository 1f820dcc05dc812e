using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.State;
using AgentMesh.Agents.Turns;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Policies;

/// <summary>Setting a policy. A repeat changes nothing.</summary>
public static class PolicyChanges
{
    /// <summary>Sets a policy, or takes it away.</summary>
    /// <param name="inputs">The agent's records, with <see cref="AgentHead.Unborn"/> for an agent never written to.</param>
    /// <param name="stored">The policy it has; null: none.</param>
    /// <param name="document">The document; null: the configured policy is to be in force.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<PolicyChange> Set(TurnInputs inputs, PolicyRecord? stored, string? document, long epoch, DateTimeOffset now)
    {
        now = now.WholeMilliseconds();
        PolicyRecord? policy = null;
        if (document is not null)
        {
            var parsed = SpendingPolicy.Parse(document);
            if (parsed.Policy is null)
                return PolicyRefusals.InvalidPolicy(parsed.Faults);
            policy = new PolicyRecord(parsed.Policy.ToJson(), now);
        }

        var opened = ConversationWriter.Open(inputs.Head, inputs.OpenEvents, inputs.Turns);
        if (opened.IsRefused)
            return opened.Refusal;
        if (policy?.Document == stored?.Document)
            return new PolicyChange(stored, null);
        opened.Value.Note(FactEntry.Of(SessionNames.Default, now, FactTypes.Policy, ("status", policy is null ? "reset" : "set")));
        return new PolicyChange(policy, opened.Value.ToChange(epoch, now));
    }
}

/// <summary>What setting a policy comes to.</summary>
/// <param name="Policy">The policy after it; null: the agent has none, and its record goes.</param>
/// <param name="Agent">The agent's other records; null: nothing is to be stored.</param>
public sealed record PolicyChange(PolicyRecord? Policy, AgentChange? Agent);
