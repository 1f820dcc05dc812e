using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using Polly;
using Polly.Retry;

namespace AgentMesh.Gateway.Agents;

/// <summary>Messages between agents.</summary>
internal sealed partial class AgentCalls
{
    /// <summary>How often a message with a budget is sent again while the agent's process has not heard of its tenant, which it asks about then.</summary>
    public const int MaxUnknowns = 12;

    private readonly ResiliencePipeline<Reply<SentMail>> _sending;

    /// <summary>Sends a message to other agents. Its request id is the same in every retry, so that it is sent once.</summary>
    public async Task<Reply<SentMail>> SendMailAsync(AgentKey agent, SendMail mail, CancellationToken cancellationToken)
    {
        var reply = await _sending.ExecuteAsync(
            static async (send, cancellationToken) => await send.Calls.CallAsync<SendMail, SentMail>(send.agent, nameof(IAgentMail.SendMail), send.mail, cancellationToken),
            (Calls: this, agent, mail),
            cancellationToken);
        return reply.Refusal is { Code: EdgeRefusals.AgentUnavailable or EdgeRefusals.AgentFailed } lost
            ? reply with { Refusal = lost with { Detail = lost.Detail + StoredOrNot } }
            : reply;
    }

    /// <summary>Reads a page of an inbox or outbox.</summary>
    public Task<Result<MailPage>> ListMailAsync(AgentKey agent, ListMail page, CancellationToken cancellationToken) =>
        AskAsync<ListMail, MailPage>(agent, nameof(IAgentMail.ListMail), page, cancellationToken);

    /// <summary>Reads a message, and the answer to it.</summary>
    public Task<Result<MailItem>> GetMailAsync(AgentKey agent, GetMail mail, CancellationToken cancellationToken) =>
        AskAsync<GetMail, MailItem>(agent, nameof(IAgentMail.GetMail), mail, cancellationToken);

    /// <summary>Reads, replays or discards a message; a repeat changes nothing.</summary>
    public Task<Reply<MailItem>> ChangeMailAsync(AgentKey agent, ChangeMail change, CancellationToken cancellationToken) =>
        CallAsync<ChangeMail, MailItem>(agent, nameof(IAgentMail.ChangeMail), change, cancellationToken);

    /// <summary>Reads what the agent does with mail.</summary>
    public Task<Result<MailSettings>> GetMailPolicyAsync(AgentKey agent, CancellationToken cancellationToken) =>
        AskAsync<object?, MailSettings>(agent, nameof(IAgentMail.GetMailPolicy), null, cancellationToken);

    /// <summary>Sets it.</summary>
    public Task<Result<MailSettings>> SetMailPolicyAsync(AgentKey agent, MailSettings policy, CancellationToken cancellationToken) =>
        AskAsync<MailSettings, MailSettings>(agent, nameof(IAgentMail.SetMailPolicy), policy, cancellationToken);

    private static ResiliencePipeline<Reply<SentMail>> BuildSending(AgentCallOptions options, TimeProvider timeProvider) =>
        new ResiliencePipelineBuilder<Reply<SentMail>> { TimeProvider = timeProvider }
            .AddRetry(new RetryStrategyOptions<Reply<SentMail>>
            {
                ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome.Result?.Refusal?.Code == SpendingRefusals.TenantUnknown),
                MaxRetryAttempts = MaxUnknowns,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.RetryDelay,
                MaxDelay = options.MaxRetryDelay,
            })
            .Build();
}
