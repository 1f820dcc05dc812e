using AgentMesh.ActorHost.Quotas;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Quotas;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Agents;

/// <summary>
/// The agent's line in its tenant's list. Written after the commit by another, and owed until the head knows that the list has it: the flush comes back
/// until then, so that no agent stays uncounted, whatever dies.
/// </summary>
internal sealed partial class AgentActor
{
    /// <summary>Which agent of which tenant it is; null: one that is not counted.</summary>
    private readonly AgentKey? _counted;

    /// <summary>The last line this activation has had written; null: none that the head does not know.</summary>
    private AgentLine? _line;

    /// <summary>This turn is an agent's first, which its quota counts already.</summary>
    private bool _begins;

    /// <summary>The list is still to be told something.</summary>
    private bool OwesLine => _counted is not null && _records.Known is { IsErasing: false } head && AgentListing.IsOwed(head, head.ListedBytes);

    /// <summary>Before a write.</summary>
    /// <exception cref="QuotaException">The agent would be new, and its tenant has as many as it may.</exception>
    private async Task<AgentHead> AdmitAsync(AgentHead head)
    {
        if (_counted is not { } agent)
            return head;
        if (head.Epoch == 0)
        {
            if (_services.Quotas.Begin(agent) is { } refusal)
                throw new QuotaException(refusal);
            _begins = true;
        }

        // Before the commit: an agent that the list does not know has a reminder.
        if (head.ListedBytes is null)
            await FlushSoonAsync();
        return WithLine(head);
    }

    /// <summary>The head, with what the list is known to have.</summary>
    private AgentHead WithLine(AgentHead head) => _line is { IsDone: true } line ? head with { ListedBytes = line.Bytes } : head;

    /// <summary>Why no message is taken; null: one is.</summary>
    private Refusal? CheckStorage() => _counted is { } agent ? _services.Quotas.CheckStorage(agent.Tenant) : null;

    /// <summary>After a turn. One that has not grown by much ends here with a look at what is in memory.</summary>
    private void WriteLine()
    {
        if (_counted is not { } agent)
            return;
        var head = _records.Known;
        if (_begins && head is null)
            _services.Quotas.Cancel(agent);
        _begins = false;
        if (head is not { IsErasing: false })
            return;
        if (_line is { IsDone: true } done && head.ListedBytes == done.Bytes)
            _line = null;
        if (AgentListing.IsOwed(head, _line?.Bytes ?? head.ListedBytes))
            _line = _services.Quotas.Write(agent, head.StoredBytes);
    }

    /// <summary>A part of the flush.</summary>
    /// <returns>True: nothing is owed.</returns>
    private async Task<bool> KeepLineAsync()
    {
        if (_counted is not { } agent)
            return true;
        var refusal = await WorkAsync(async () =>
        {
            if (await _records.LoadHeadAsync(null, CancellationToken.None) is not { IsErasing: false } head)
                return null;
            var after = WithLine(head);
            if (after.ListedBytes == head.ListedBytes)
                return null;
            await _records.StoreAsync(head, head.Page, new AgentChange(after with { Epoch = _records.Epoch }), CancellationToken.None);
            return null;
        });
        if (refusal is not null || !OwesLine)
            return true;
        if (_line is { } line)
            _services.Quotas.Write(agent.Tenant, line);
        WriteLine();
        return false;
    }

    private void ForgetLine()
    {
        if (_counted is { } agent)
            _services.Quotas.Erase(agent);
        _line = null;
    }
}
