using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Budgets;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.Mail;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Gateway.Payments;
using AgentMesh.Gateway.Policies;
using AgentMesh.Gateway.Schedules;
using AgentMesh.Gateway.Topics;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Owner;

/// <summary>
/// <c>GET /agent/{userId}/export</c>: everything of one agent as NDJSON, a line each: the agent, its budget, then each session with its summary and its messages, then
/// schedules, inbox and outbox, topics, the mail and spending policies if they are the agent's own, approvals, payments and events that are no messages, and last <c>end</c> with the counts, without which an export is not whole. Read in parts while the agent goes on, so it is no
/// snapshot: what is said meanwhile may be in it.
/// </summary>
internal static class ExportEndpoint
{
    private const int SessionsAtOnce = 100;
    private const int EventsAtOnce = 1000;
    private const int PaymentsAtOnce = 1000;
    private const int MailAtOnce = 100;
    private static readonly ReadOnlyMemory<byte> NewLine = "\n"u8.ToArray();

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/agent/{userId}/export", AnswerAsync)
        .Describe("Reads everything of the agent, a line of JSON each.", operation => operation.Answers(StatusCodes.Status200OK, "application/x-ndjson").Refuses(EdgeRefusals.TooManyCalls));

    private static async Task AnswerAsync(HttpContext context)
    {
        var export = new Export(context, AgentCalls.Of(context), LongReads.Of(context), AgentPath.KeyOf(context), isWritten: true);
        if ((LongReads.Begin(context) ?? await export.WriteAsync()) is not { } refusal)
            return;
        // With lines sent already, the missing end is what tells.
        if (!context.Response.HasStarted)
            await Problem.WriteAsync(context, refusal);
        else
            context.Abort();
    }

    /// <summary>Reads all that an export has, and writes nothing of it.</summary>
    /// <returns>Why not all of it can be read; null: it can.</returns>
    public static Task<Refusal?> ReadAsync(HttpContext context, AgentKey agent) =>
        new Export(context, AgentCalls.Of(context), LongReads.Of(context), agent, isWritten: false).WriteAsync();

    private sealed class Export(HttpContext context, AgentCalls calls, LongReads reads, AgentKey agent, bool isWritten)
    {
        private int _messages;
        private int _sessions;
        private int _schedules;
        private int _received;
        private int _sent;
        private int _topics;
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
            if (isWritten)
            {
                context.Response.ContentType = "application/x-ndjson";
                context.Response.Headers.ContentDisposition = $"attachment; filename=\"{agent.User}.ndjson\"";
            }

            await LineAsync(
                new ExportedAgent(
                    "agent", agent.User.ToString(), info.Value.WalletAddress, info.Value.CreatedAt?.UtcDateTime, info.Value.LastActive?.UtcDateTime,
                    profile.Value.SystemPrompt, info.Value.LastSeq),
                GatewayJson.Answers.ExportedAgent);
            await LineAsync(new ExportedBudget("budget", BudgetResponse.Of(info.Value.Budget)), GatewayJson.Answers.ExportedBudget);
            if ((await WriteSessionsAsync() ?? await WriteSchedulesAsync() ?? await WriteMailAsync(isSent: false) ?? await WriteMailAsync(isSent: true)
                ?? await WriteMailPolicyAsync() ?? await WriteTopicsAsync() ?? await WritePolicyAsync() ?? await WritePaymentsAsync() ?? await WriteEventsAsync(info.Value.LastSeq)) is { } refusal)
            {
                return refusal;
            }

            await LineAsync(
                new ExportEnd("end", _sessions, _messages, _schedules, _received, _sent, _topics, _approvals, _payments, _events), GatewayJson.Answers.ExportEnd);
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
                        new ExportedSession("session", shown.Id, shown.CreatedAt, shown.LastActive, shown.Metadata, shown.TtlSeconds), GatewayJson.Answers.ExportedSession);
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

        // Newest page first, each newest first, as the lists are read.
        private async Task<Refusal?> WriteMailAsync(bool isSent)
        {
            long? before = null;
            do
            {
                var page = await reads.ListMailAsync(agent, new ListMail(isSent, MailAtOnce, before), context.RequestAborted);
                if (page.IsRefused)
                    return page.Refusal;
                foreach (var mail in page.Value.Messages)
                {
                    if (isSent)
                        await LineAsync(new ExportedSentMail("outbox", SentMailResponse.Of(mail)), GatewayJson.Answers.ExportedSentMail);
                    else
                        await LineAsync(new ExportedReceivedMail("inbox", ReceivedMailResponse.Of(mail)), GatewayJson.Answers.ExportedReceivedMail);
                    (_sent, _received) = isSent ? (_sent + 1, _received) : (_sent, _received + 1);
                }

                before = page.Value.NextBefore;
            }
            while (before is not null);
            return null;
        }

        private async Task<Refusal?> WriteMailPolicyAsync()
        {
            var settings = await calls.GetMailPolicyAsync(agent, context.RequestAborted);
            if (settings.IsRefused)
                return settings.Refusal;
            var policy = MailPolicyResponse.Of(settings.Value);
            if (!policy.IsDefault)
                await LineAsync(new ExportedMailPolicy("mailPolicy", policy), GatewayJson.Answers.ExportedMailPolicy);
            return null;
        }

        private async Task<Refusal?> WriteTopicsAsync()
        {
            var list = await calls.ListTopicsAsync(agent, context.RequestAborted);
            if (list.IsRefused)
                return list.Refusal;
            foreach (var topic in TopicListResponse.Of(list.Value).Topics)
            {
                await LineAsync(new ExportedTopic("topic", topic.Name, topic.JoinedAt), GatewayJson.Answers.ExportedTopic);
                _topics++;
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
            if (!isWritten)
                return;
            await context.Response.BodyWriter.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(value, type), context.RequestAborted);
            await context.Response.BodyWriter.WriteAsync(NewLine, context.RequestAborted);
        }
    }
}
