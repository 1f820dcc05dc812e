using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Mail;
using AgentMesh.Agents.Policies;
using AgentMesh.Agents.Profile;
using AgentMesh.Agents.Restoring;
using AgentMesh.Agents.Schedules;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.Turns;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Agents;

/// <summary>The agent is made from an export, a part a call; see <see cref="AgentRestore"/>.</summary>
internal sealed partial class AgentActor : IAgentRestoring
{
    public Task<Reply<RestoreProgress>> Restore(RestorePart request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var refusal = request switch
        {
            { Begin: { } agent } => await BeginRestoreAsync(request.RestoreId, agent, cancellationToken),
            { End: { } createdAt } => await EndRestoreAsync(request.RestoreId, createdAt, cancellationToken),
            _ => await RestorePartAsync(request, cancellationToken),
        };
        if (refusal is not null)
            return Refused<RestoreProgress>(refusal) with { Errors = (refusal as InvalidPolicy)?.Faults.ToErrors() };
        return new Reply<RestoreProgress>(new RestoreProgress(_records.Known!.CreatedAt, _records.Known.Wallet), null);
    });

    private async Task<Refusal?> BeginRestoreAsync(string id, RestoredAgent agent, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var head = await LoadHeadToWriteAsync(now, cancellationToken);
        await _records.LoadProfileAsync(cancellationToken);
        var begun = AgentRestore.Begin(head, id, agent.LastSeq, _records.Epoch, now);
        if (begun.Value?.Change is not { } change)
            return begun.Refusal;
        var profile = ProfileRecord.Set(change.Head with { Restoring = null }, agent.SystemPrompt, _records.Epoch, now);
        if (profile.IsRefused)
            return profile.Refusal;
        await _records.StoreAsync(head, profile.Value with { Agent = WithoutNews(AgentRestore.Within(profile.Value.Agent, id)) }, cancellationToken);
        return null;
    }

    private async Task<Refusal?> EndRestoreAsync(string id, DateTimeOffset createdAt, CancellationToken cancellationToken)
    {
        var head = await _records.LoadHeadAsync(null, cancellationToken);
        var ended = AgentRestore.End(head, id, createdAt, await _records.LoadExpiriesAsync(cancellationToken), _records.Epoch);
        if (ended.Value?.Change is { } change)
            await CommitAsync(new TurnInputs(head!, null, null), head!.Page, change, [], cancellationToken);
        return ended.Refusal;
    }

    private async Task<Refusal?> RestorePartAsync(RestorePart part, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var entered = AgentRestore.Enter(await _records.LoadHeadAsync(null, cancellationToken), part.RestoreId);
        if (entered.IsRefused)
            return entered.Refusal;
        return part switch
        {
            { Session: { } session } => await RestoreSessionAsync(entered.Value, part.RestoreId, session, now, cancellationToken),
            { Messages: { } messages } => await RestoreMessagesAsync(entered.Value, part.RestoreId, messages, cancellationToken),
            _ => await RestoreSettingAsync(entered.Value, part, now, cancellationToken),
        };
    }

    private async Task<Refusal?> RestoreSessionAsync(AgentHead head, string id, RestoreSession session, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var existing = await _records.LoadSessionAsync(session.Id, cancellationToken);
        var made = AgentRestore.Session(
            head, await _records.LoadIndexAsync(cancellationToken), await _records.LoadExpiriesAsync(cancellationToken), existing,
            new RestoredSession(session.Id, session.CreatedAt, session.LastActive, session.Metadata, session.TtlSeconds), _records.Epoch, now);
        if (made.Value is { IsChanged: true, Agent: { } agent } change)
            await _records.StoreAsync(head, change with { Agent = AgentRestore.Within(agent, id) }, cancellationToken);
        return made.Refusal;
    }

    private async Task<Refusal?> RestoreMessagesAsync(AgentHead head, string id, RestoreMessages part, CancellationToken cancellationToken)
    {
        if (CheckStorage() is { } full)
            return full;
        if (part.Messages.Any(message => ToRestored(message) is null))
            return ConversationRefusals.InvalidExport("A message has a role or a time that is none.");
        var session = await _records.LoadSessionAsync(part.SessionId, cancellationToken);
        var open = part.SessionId == SessionNames.Default ? head.Page : session?.Page ?? default;
        var page = open.N == 0 ? null : await _records.LoadPageAsync(head, part.SessionId, open.N, cancellationToken);
        var step = AgentRestore.Messages(head, part.SessionId, session, page, [.. part.Messages.Select(message => ToRestored(message)!)], _records.Epoch);
        if (step.Value?.Change is { } change)
            await _records.StoreAsync(head, open, WithoutNews(AgentRestore.Within(change, id)), cancellationToken);
        return step.Refusal;
    }

    // Each by its own rules, as if its owner did it now.
    private async Task<Refusal?> RestoreSettingAsync(AgentHead head, RestorePart part, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (part.Topic is { } topic)
        {
            var noted = (await _records.LoadTopicsAsync(cancellationToken)).Note(head, TopicName.Parse(topic.Name), topic.IsLeft, _records.Epoch, now);
            if (noted.Value is { Agent: { } agent } change)
                await _records.StoreAsync(head, change with { Agent = AgentRestore.Within(agent, part.RestoreId) }, cancellationToken);
            return noted.Refusal;
        }

        if (part.MailPolicy is { } settings)
        {
            var policy = MailPolicy.Create(settings.Receive, settings.Allow, settings.Deny);
            if (policy.IsRefused)
                return policy.Refusal;
            var mail = await LoadMailInputsAsync(head, false, cancellationToken);
            var set = MailOwner.SetPolicy(mail, policy.Value, _records.Epoch, now);
            if (set.Value?.Change is { } change)
                await CommitAsync(mail, set.Value with { Change = AgentRestore.Within(change, part.RestoreId) }, cancellationToken);
            return set.Refusal;
        }

        var inputs = await LoadTurnInputsAsync(head, cancellationToken);
        if (part.Policy is { } document)
        {
            var stored = await _records.LoadPolicyAsync(cancellationToken);
            var set = PolicyChanges.Set(inputs, stored, document, _records.Epoch, now);
            if (set.Value is not { Agent: { } agent })
                return set.Refusal;
            await _records.SetAsync(set.Value.Policy, cancellationToken);
            await CommitAsync(inputs, head.Page, AgentRestore.Within(agent, part.RestoreId), [], cancellationToken);
            return null;
        }

        if (part.Schedule is not { } schedule)
            return ConversationRefusals.InvalidExport("A part has nothing in it.");
        if (!SessionId.IsId(schedule.RequestId))
            return ConversationRefusals.InvalidExport("A schedule has an id that is none.");
        var asked = ToAsked(schedule, schedule.RequestId);
        if (asked.IsRefused)
            return asked.Refusal;
        var created = ScheduleChanges.Create(
            inputs, await _records.LoadSchedulesAsync(cancellationToken), await _records.LoadSessionAsync(asked.Value.SessionId, cancellationToken), asked.Value, _records.Epoch, now);
        if (created.Value?.Change is { } added)
            await CommitAsync(inputs, head.Page, AgentRestore.Within(added, part.RestoreId), [], cancellationToken);
        return created.Refusal;
    }

    /// <summary>The change, with its numbers taken for published: what is restored was published when it was said.</summary>
    private AgentChange WithoutNews(AgentChange change)
    {
        _feed = null;
        return change.Head.LastSeq == 0 ? change : change with { Published = new PublishedRecord(change.Head.CreatedAt, change.Head.LastSeq) };
    }

    private static RestoredMessage? ToRestored(HistoryMessage message) =>
        message is { Content: not null, Timestamp: >= 0 } && message.Timestamp <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() && RoleOf(message.Role) is { } role
            ? new RestoredMessage(message.Seq, role, message.Content, DateTimeOffset.FromUnixTimeMilliseconds(message.Timestamp))
            : null;

    private static MessageRole? RoleOf(string role) => role switch
    {
        "user" => MessageRole.User,
        "assistant" => MessageRole.Assistant,
        _ => null,
    };
}
