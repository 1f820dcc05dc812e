using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Budgets;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.Payments;
using AgentMesh.Gateway.Policies;
using AgentMesh.Gateway.Schedules;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Owner;

/// <summary>
/// <c>GET /agent/{userId}/export</c>: everything of one agent as NDJSON, a line each: the agent, its budget, then each session with its summary and its messages, then
/// schedules, the spending policy if it is the agent's own, approvals, payments and events that are no messages, and last <c>end</c> with the counts, without which an export is not whole. Read in parts while the agent goes on, so it is no
/// snapshot: what is said meanwhile may be in it.
/// </summary>
internal static class ExportEndpoint
{
    private const int SessionsAtOnce = 100;
    private const int EventsAtOnce = 1000;
    private const int PaymentsAtOnce = 1000;
    private static readonly ReadOnlyMemory<byte> NewLine = "\n"u8.ToArray();

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/agent/{userId}/export", AnswerAsync);

    private static async Task AnswerAsync(HttpContext context)
    {
        var export = new Export(context, AgentCalls.Of(context), AgentPath.KeyOf(context));
        if (await export.WriteAsync() is not { } refusal)
            return;
        // With lines sent already, the missing end is what tells.
        if (!context.Response.HasStarted)
            await Problem.WriteAsync(context, refusal);
        else
            context.Abort();
    }

    private sealed class Export(HttpContext context, AgentCalls calls, AgentKey agent)
    {
        private int _messages;
        private int _sessions;
        private int _schedules;
        private int _approvals;
        private int _payments;
        private int _events;

        public async Task<Refusal?> WriteAsync()
        {
            var info = await calls.GetInfoAsync(agent, context.RequestAborted);
            if (info.IsRefused)
                return info.Refusal;
            var profile = await calls.GetProfileAsync(agent, context.RequestAborted);
            if (profile.IsRefused)
                return profile.Refusal;
            context.Response.ContentType = "application/x-ndjson";
            context.Response.Headers.ContentDisposition = $"attachment; filename=\"{agent.User}.ndjson\"";
            await LineAsync(
                new ExportedAgent(
                    "agent", agent.User.ToString(), info.Value.WalletAddress, info.Value.CreatedAt?.UtcDateTime, info.Value.LastActive?.UtcDateTime,
                    profile.Value.SystemPrompt),
                GatewayJson.Answers.ExportedAgent);
            await LineAsync(new ExportedBudget("budget", BudgetResponse.Of(info.Value.Budget)), GatewayJson.Answers.ExportedBudget);
            if ((await WriteSessionsAsync() ?? await WriteSchedulesAsync() ?? await WritePolicyAsync() ?? await WritePaymentsAsync() ?? await WriteEventsAsync(info.Value.LastSeq)) is { } refusal)
                return refusal;
            await LineAsync(new ExportEnd("end", _sessions, _messages, _schedules, _approvals, _payments, _events), GatewayJson.Answers.ExportEnd);
            return null;
        }

        private async Task<Refusal?> WriteSessionsAsync()
        {
            string? cursor = null;
            do
            {
                var page = await calls.ListSessionsAsync(agent, new ListSessions(SessionsAtOnce, cursor), context.RequestAborted);
                if (page.IsRefused)
                    return page.Refusal;
                foreach (var session in page.Value.Sessions)
                {
                    var shown = SessionResponse.Of(session);
                    await LineAsync(
                        new ExportedSession("session", shown.Id, shown.CreatedAt, shown.LastActive, shown.Metadata), GatewayJson.Answers.ExportedSession);
                    _sessions++;
                    if ((await WriteSummaryAsync(session.Id) ?? await WriteMessagesAsync(session.Id)) is { } refusal)
                        return refusal;
                }

                cursor = page.Value.NextCursor;
            }
            while (cursor is not null);
            return null;
        }

        private async Task<Refusal?> WriteSummaryAsync(string session)
        {
            var summary = await calls.GetSummaryAsync(agent, session, context.RequestAborted);
            if (summary.IsRefused)
                return summary.Refusal.Code is AgentRefusals.SummaryNotFound or AgentRefusals.SessionNotFound ? null : summary.Refusal;
            var shown = SummaryResponse.Of(summary.Value);
            await LineAsync(new ExportedSummary("summary", session, shown.Text, shown.ThroughSeq, shown.UpdatedAt), GatewayJson.Answers.ExportedSummary);
            return null;
        }

        private async Task<Refusal?> WriteMessagesAsync(string session)
        {
            for (var n = 1; ; n++)
            {
                var page = await calls.GetPageAsync(agent, new GetPage(session, n), context.RequestAborted);
                if (page.IsRefused)
                {
                    // Deleted since it was listed: what it had is not the owner's any more.
                    return page.Refusal.Code == AgentRefusals.SessionNotFound ? null : page.Refusal;
                }

                foreach (var message in page.Value.Messages)
                {
                    await LineAsync(
                        new ExportedMessage("message", session, message.Seq, message.Role, message.Content, message.Timestamp), GatewayJson.Answers.ExportedMessage);
                    _messages++;
                }

                if (page.Value.IsLast)
                    return null;
            }
        }

        private async Task<Refusal?> WriteSchedulesAsync()
        {
            var list = await calls.ListSchedulesAsync(agent, context.RequestAborted);
            if (list.IsRefused)
                return list.Refusal;
            foreach (var schedule in list.Value.Schedules)
            {
                await LineAsync(new ExportedSchedule("schedule", ScheduleResponse.Of(schedule)), GatewayJson.Answers.ExportedSchedule);
                _schedules++;
            }

            return null;
        }

        private async Task<Refusal?> WritePolicyAsync()
        {
            var policy = (await calls.GetPolicyAsync(agent, context.RequestAborted)).ToResult();
            if (policy.IsRefused)
                return policy.Refusal;
            if (!policy.Value.IsDefault)
                await LineAsync(new ExportedPolicy("policy", PolicyResponse.Of(policy.Value)), GatewayJson.Answers.ExportedPolicy);
            var approvals = await calls.ListApprovalsAsync(agent, new ListApprovals(null), context.RequestAborted);
            if (approvals.IsRefused)
                return approvals.Refusal;
            foreach (var approval in approvals.Value.Approvals)
            {
                await LineAsync(new ExportedApproval("approval", ApprovalResponse.Of(approval)), GatewayJson.Answers.ExportedApproval);
                _approvals++;
            }

            return null;
        }

        // Newest page first, each oldest first, as the list is read.
        private async Task<Refusal?> WritePaymentsAsync()
        {
            long? before = null;
            do
            {
                var page = await calls.ListPaymentsAsync(agent, new ListPayments(PaymentsAtOnce, before), context.RequestAborted);
                if (page.IsRefused)
                    return page.Refusal;
                foreach (var payment in page.Value.Payments)
                {
                    await LineAsync(new ExportedPayment("payment", PaymentResponse.Of(payment)), GatewayJson.Answers.ExportedPayment);
                    _payments++;
                }

                before = page.Value.NextBefore;
            }
            while (before is not null);
            return null;
        }

        private async Task<Refusal?> WriteEventsAsync(long last)
        {
            for (var after = 0L; after < last;)
            {
                var page = await calls.ReadEventsAsync(agent, new ReadEvents(after, EventsAtOnce), context.RequestAborted);
                if (page.IsRefused)
                    return page.Refusal;
                if (page.Value.Events.Count == 0)
                    return null;
                foreach (var one in page.Value.Events.Where(one => one.Type is not (EventTypes.Message or EventTypes.MessageRemoved)))
                {
                    await LineAsync(
                        new ExportedEvent(
                            "event", one.Seq, one.At, one.Session, one.Type, one.Data.Turn, one.Data.Code, one.Data.Detail,
                            one.Data.Json is { } data ? JsonElement.Parse(data) : null),
                        GatewayJson.Answers.ExportedEvent);
                    _events++;
                }

                after = page.Value.Events[^1].Seq;
            }

            return null;
        }

        private async Task LineAsync<T>(T value, JsonTypeInfo<T> type)
        {
            await context.Response.BodyWriter.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(value, type), context.RequestAborted);
            await context.Response.BodyWriter.WriteAsync(NewLine, context.RequestAborted);
        }
    }
}

/// <summary>The first line.</summary>
/// <param name="Kind"><c>agent</c>.</param>
/// <param name="UserId">The user.</param>
/// <param name="WalletAddress">The address of its wallet. The key is not exported.</param>
/// <param name="CreatedAt">First write; null for an agent never used.</param>
/// <param name="LastActive">Last write; null for an agent never used.</param>
/// <param name="SystemPrompt">As the owner set it.</param>
internal sealed record ExportedAgent(string Kind, string UserId, string? WalletAddress, DateTime? CreatedAt, DateTime? LastActive, string? SystemPrompt);

/// <summary>A session; its messages follow.</summary>
/// <param name="Kind"><c>session</c>.</param>
/// <param name="Id">Its id.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastActive">Its last message or touch.</param>
/// <param name="Metadata">The owner's notes.</param>
internal sealed record ExportedSession(string Kind, string Id, DateTime CreatedAt, DateTime LastActive, JsonElement Metadata);

/// <summary>What the agent may spend and has spent.</summary>
/// <param name="Kind"><c>budget</c>.</param>
/// <param name="Budget">As the budget shows it.</param>
internal sealed record ExportedBudget(string Kind, BudgetResponse Budget);

/// <summary>What a model reads in place of a session's older messages.</summary>
/// <param name="Kind"><c>summary</c>.</param>
/// <param name="SessionId">The session.</param>
/// <param name="Text">Written by a model.</param>
/// <param name="ThroughSeq">The seq of the last message that is in it.</param>
/// <param name="UpdatedAt">When it was written.</param>
internal sealed record ExportedSummary(string Kind, string SessionId, string Text, long ThroughSeq, DateTime UpdatedAt);

/// <summary>A message, oldest first in its session.</summary>
/// <param name="Kind"><c>message</c>.</param>
/// <param name="SessionId">The session.</param>
/// <param name="Seq">Its number.</param>
/// <param name="Role"><c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">The text.</param>
/// <param name="Timestamp">Unix milliseconds.</param>
internal sealed record ExportedMessage(string Kind, string SessionId, long Seq, string Role, string Content, long Timestamp);

/// <summary>A schedule.</summary>
/// <param name="Kind"><c>schedule</c>.</param>
/// <param name="Schedule">As the list of schedules shows it.</param>
internal sealed record ExportedSchedule(string Kind, ScheduleResponse Schedule);

/// <summary>The spending policy, when the agent has one of its own.</summary>
/// <param name="Kind"><c>policy</c>.</param>
/// <param name="Policy">As it is read.</param>
internal sealed record ExportedPolicy(string Kind, PolicyResponse Policy);

/// <summary>An approval.</summary>
/// <param name="Kind"><c>approval</c>.</param>
/// <param name="Approval">As the list of approvals shows it.</param>
internal sealed record ExportedApproval(string Kind, ApprovalResponse Approval);

/// <summary>A payment.</summary>
/// <param name="Kind"><c>payment</c>.</param>
/// <param name="Payment">As the list of payments shows it.</param>
internal sealed record ExportedPayment(string Kind, PaymentResponse Payment);

/// <summary>An event that is no message.</summary>
/// <param name="Kind"><c>event</c>.</param>
/// <param name="Seq">Its number.</param>
/// <param name="Timestamp">Unix milliseconds.</param>
/// <param name="SessionId">The session.</param>
/// <param name="Type">Its type.</param>
/// <param name="TurnId">The turn.</param>
/// <param name="Code">A refusal code.</param>
/// <param name="Detail">Why.</param>
/// <param name="Data">Of an event that is no error: what happened.</param>
internal sealed record ExportedEvent(
    string Kind, long Seq, long Timestamp, string SessionId, string Type, string? TurnId, string? Code, string? Detail, JsonElement? Data);

/// <summary>The last line of a whole export.</summary>
/// <param name="Kind"><c>end</c>.</param>
/// <param name="Sessions">Sessions before it.</param>
/// <param name="Messages">Messages before it.</param>
/// <param name="Schedules">Schedules before it.</param>
/// <param name="Approvals">Approvals before it.</param>
/// <param name="Payments">Payments before it.</param>
/// <param name="Events">Events before it.</param>
internal sealed record ExportEnd(string Kind, int Sessions, int Messages, int Schedules, int Approvals, int Payments, int Events);
