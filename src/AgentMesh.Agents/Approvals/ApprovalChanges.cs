using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.State;
using AgentMesh.Agents.Turns;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Approvals;

/// <summary>Deciding on an approval, as one transaction of the agent.</summary>
public static class ApprovalChanges
{
    /// <summary>Decides.</summary>
    /// <param name="inputs">The agent's records.</param>
    /// <param name="table">Its approvals.</param>
    /// <param name="id">The approval's id.</param>
    /// <param name="approve">True: the payment may be made.</param>
    /// <param name="lifetime">How long the decision stands.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<ApprovalChange> Decide(
        TurnInputs inputs, ApprovalTable table, string id, bool approve, TimeSpan lifetime, long epoch, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(table);
        var opened = ConversationWriter.Open(inputs.Head, inputs.OpenEvents, inputs.Turns);
        if (opened.IsRefused)
            return opened.Refusal;
        var step = table.Decide(id, approve, lifetime, now);
        if (step.IsRefused)
            return step.Refusal;
        if (step.Value.Facts.IsEmpty)
            return new ApprovalChange(step.Value.Approval, null);
        foreach (var fact in step.Value.Facts)
            opened.Value.Note(fact);
        return new ApprovalChange(step.Value.Approval, opened.Value.ToChange(epoch, now.WholeMilliseconds()) with { Approvals = step.Value.Table });
    }
}

/// <summary>What a decision comes to.</summary>
/// <param name="Approval">The approval after it.</param>
/// <param name="Agent">The records to store; null: a repeat.</param>
public sealed record ApprovalChange(Approval Approval, AgentChange? Agent);
