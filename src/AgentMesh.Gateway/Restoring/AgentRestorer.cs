using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Topics;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Owner;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Restoring;

/// <summary>One restore: takes the lines of an export in their order and has the agent store them, part by part.</summary>
internal sealed class AgentRestorer(AgentCalls calls, AgentEraser eraser, AgentKey agent, string id)
{
    /// <summary>What of a schedule or topic may be refused without the rest being of no use.</summary>
    private static readonly string[] OfOneLine =
    [
        AgentRefusals.InvalidSchedule, AgentRefusals.InvalidToolCall, AgentRefusals.TooManySchedules, AgentRefusals.SessionNotFound, AgentRefusals.InvalidContent,
        TopicCodes.InvalidTopic, TopicCodes.TooManyTopics, TopicCodes.TopicFull, MailCodes.InvalidMailPolicy, PolicyRefusals.InvalidPolicy,
    ];

    private readonly ExportTally _tally = new();
    private readonly List<HistoryMessage> _messages = [];
    private string? _session;
    private long _units;
    private RestoreProgress? _begun;

    /// <summary>Stored when all else is: an agent that is removed keeps what it may spend.</summary>
    private string? _policy;
    private bool _isEnded;

    /// <summary>Takes the next line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="number">Its number, for people.</param>
    /// <param name="cancellationToken">Ends with the caller.</param>
    /// <returns>Why the restore cannot go on; null: it does.</returns>
    public async Task<Refusal?> TakeAsync(byte[] line, int number, CancellationToken cancellationToken)
    {
        Refusal? refusal;
        try
        {
            refusal = await TakeAsync(line, cancellationToken);
        }
        catch (JsonException)
        {
            refusal = Invalid("it is no JSON, or a member is missing or of another type");
        }

        return refusal is { Code: AgentRefusals.InvalidExport } ? refusal with { Detail = $"Line {number}: {refusal.Detail}" } : refusal;
    }

    /// <summary>Ends, when every line was there.</summary>
    public async Task<Result<RestoredAgentParts>> EndAsync(CancellationToken cancellationToken)
    {
        if (_begun is null || !_isEnded)
            return Invalid(_begun is null ? "The export is empty." : "The export has no line end: it is not whole.");
        if (_policy is not null && await TryAsync("policy", new RestorePart(id, Policy: _policy), cancellationToken) is { } refusal)
            return refusal;
        var ended = await calls.RestoreAsync(agent, new RestorePart(id, End: _begun.CreatedAt), cancellationToken);
        return ended.IsRefused ? ended.Refusal : new RestoredAgentParts(ended.Value, _tally.Restored, _tally.NotRestored);
    }

    /// <summary>Removes what is there of an agent that was begun.</summary>
    public async Task UndoAsync()
    {
        if (_begun is not null)
            await eraser.EraseAsync(agent, CancellationToken.None);
    }

    private async Task<Refusal?> TakeAsync(byte[] line, CancellationToken cancellationToken)
    {
        if (_isEnded)
            return Invalid("there is a line behind the line end.");
        // The JSON reader looks at the bytes of strings only when they are used.
        if (!Utf8.IsValid(line))
            return Invalid("it is not UTF-8.");
        var kind = Read(line, ExportJson.Lines.ExportLine).Kind;
        if (_begun is null != (kind == "agent"))
            return Invalid("the first line, and no other, is of the kind agent.");
        if (kind != "message" && await FlushAsync(cancellationToken) is { } refusal)
            return refusal;
        if (kind == "end")
        {
            _isEnded = true;
            return _tally.Check(Read(line, ExportJson.Lines.ExportEnd));
        }

        _tally.Count(kind);
        switch (kind)
        {
            case "agent":
                return await BeginAsync(Read(line, ExportJson.Lines.ExportedAgent), cancellationToken);
            case "session":
                return await RestoreAsync(Read(line, ExportJson.Lines.ExportedSession), cancellationToken);
            case "message":
                return await AddAsync(Read(line, ExportJson.Lines.ExportedMessage), cancellationToken);
            case "schedule":
                return await RestoreAsync(Read(line, ExportJson.Lines.ExportedSchedule), cancellationToken);
            case "mailPolicy":
                var mail = Read(line, ExportJson.Lines.ExportedMailPolicy).Policy;
                return await TryAsync(kind, new RestorePart(id, MailPolicy: new MailSettings(mail.Receive, mail.Allow, mail.Deny)), cancellationToken);
            case "policy":
                _policy = Read(line, ExportJson.Lines.ExportedPolicy).Policy.Policy.GetRawText();
                return null;
            case "topic":
                return await JoinAsync(Read(line, ExportJson.Lines.ExportedTopic).Name, cancellationToken);
            default:
                return ExportTally.IsLeftOut(kind) ? null : Invalid("its kind is not known here; the export may be of a newer version.");
        }
    }

    private async Task<Refusal?> BeginAsync(ExportedAgent exported, CancellationToken cancellationToken)
    {
        var part = new RestorePart(id, Begin: new RestoredAgent(exported.LastSeq, exported.SystemPrompt));
        var begun = await calls.RestoreAsync(agent, part, cancellationToken);
        if (begun.Refusal is { Code: AgentRefusals.AgentRestoring or AgentRefusals.AgentErasing })
        {
            // What an earlier one has left.
            var erased = await eraser.EraseAsync(agent, cancellationToken);
            if (erased.IsRefused)
                return erased.Refusal;
            begun = await calls.RestoreAsync(agent, part, cancellationToken);
        }

        _begun = begun.Value;
        return begun.Refusal;
    }

    private async Task<Refusal?> RestoreAsync(ExportedSession session, CancellationToken cancellationToken)
    {
        _session = session.Id;
        // The default one comes with the agent.
        if (session.Id == "default")
            return null;
        var part = new RestorePart(
            id, Session: new RestoreSession(session.Id, session.CreatedAt, session.LastActive, session.Metadata.GetRawText(), session.TtlSeconds));
        return (await calls.RestoreAsync(agent, part, cancellationToken)).Refusal;
    }

    private async Task<Refusal?> AddAsync(ExportedMessage message, CancellationToken cancellationToken)
    {
        if (message.SessionId != _session)
            return Invalid("the message is not behind its session.");
        if (_messages.Count > 0 && (_messages.Count == ExportLimits.MessagesAtOnce || _units + message.Content.Length > ExportLimits.UnitsAtOnce)
            && await FlushAsync(cancellationToken) is { } refusal)
        {
            return refusal;
        }

        _messages.Add(new HistoryMessage(message.Seq, message.Role, message.Content, message.Timestamp));
        _units += message.Content.Length;
        return null;
    }

    private async Task<Refusal?> FlushAsync(CancellationToken cancellationToken)
    {
        if (_messages.Count == 0)
            return null;
        var stored = await calls.RestoreAsync(agent, new RestorePart(id, Messages: new RestoreMessages(_session!, [.. _messages])), cancellationToken);
        _messages.Clear();
        _units = 0;
        return stored.Refusal;
    }

    private async Task<Refusal?> RestoreAsync(ExportedSchedule exported, CancellationToken cancellationToken)
    {
        var schedule = exported.Schedule;
        if (schedule.Status != ScheduleStatus.Active)
        {
            _tally.Refused("schedule", "It will not run again.");
            return null;
        }

        return await TryAsync(
            "schedule",
            new RestorePart(id, Schedule: new CreateSchedule(
                schedule.Content, schedule.SessionId, schedule.At, schedule.EverySeconds, schedule.Cron, schedule.TimeZone, schedule.Missed, schedule.Until,
                schedule.Id, null, schedule.Tool, schedule.Arguments?.GetRawText())),
            cancellationToken);
    }

    private async Task<Refusal?> JoinAsync(string name, CancellationToken cancellationToken)
    {
        if (!TopicName.TryParse(name, out var topic))
            return Invalid("the topic has a name that is none.");
        var reserved = await calls.ReserveTopicAsync(agent, topic, cancellationToken);
        if (reserved.IsRefused)
            return Note("topic", reserved.Refusal);
        if (await TryAsync("topic", new RestorePart(id, Topic: new NoteTopic(name)), cancellationToken) is { } refusal)
            return refusal;
        var joined = await calls.JoinNotedTopicAsync(agent, topic, cancellationToken);
        if (!joined.IsRefused)
            return null;
        var taken = await calls.RestoreAsync(agent, new RestorePart(id, Topic: new NoteTopic(name, IsLeft: true)), cancellationToken);
        return taken.Refusal ?? Note("topic", joined.Refusal);
    }

    private async Task<Refusal?> TryAsync(string kind, RestorePart part, CancellationToken cancellationToken) =>
        (await calls.RestoreAsync(agent, part, cancellationToken)).Refusal is { } refusal ? Note(kind, refusal) : null;

    private Refusal? Note(string kind, Refusal refusal)
    {
        if (!OfOneLine.Contains(refusal.Code))
            return refusal;
        _tally.Refused(kind, refusal.Detail);
        return null;
    }

    private static T Read<T>(byte[] line, JsonTypeInfo<T> type)
        where T : class => JsonSerializer.Deserialize(line, type) ?? throw new JsonException();

    private static Refusal Invalid(string what) => new(AgentRefusals.InvalidExport, what);
}

/// <summary>What was made of an export.</summary>
/// <param name="Progress">The agent.</param>
/// <param name="Restored">How much of each kind is there now.</param>
/// <param name="NotRestored">What is not, and why.</param>
internal sealed record RestoredAgentParts(RestoreProgress Progress, IReadOnlyDictionary<string, int> Restored, IReadOnlyList<NotRestored> NotRestored);
