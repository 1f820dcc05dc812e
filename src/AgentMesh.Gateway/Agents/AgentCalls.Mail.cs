using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Agents;

/// <summary>Messages between agents.</summary>
internal sealed partial class AgentCalls
{
    /// <summary>Sends a message to other agents. Its request id is the same in every retry, so that it is sent once.</summary>
    public async Task<Reply<SentMail>> SendMailAsync(AgentKey agent, SendMail mail, CancellationToken cancellationToken)
    {
        var reply = await CallAsync<SendMail, SentMail>(agent, nameof(IAgentMail.SendMail), mail, cancellationToken);
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
}
