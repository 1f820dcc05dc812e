using AgentMesh.ActorHost.Agents;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;
using Dapr.Actors.Client;
using Polly;

namespace AgentMesh.ActorHost.Mail;

/// <summary>What runs of lines say to the agents of both ends, through the sidecar. Retried for a while; each call is safe to repeat.</summary>
internal sealed class MailActors(IActorProxyFactory proxies, TimeProvider time)
{
    private const int Retries = 4;

    /// <summary>Of a delivery. Few and short, because the line has pauses of its own and others of its sender wait behind it.</summary>
    private const int DeliveryRetries = 1;

    private static readonly TimeSpan DeliveryTimeout = TimeSpan.FromSeconds(10);

    private readonly ResiliencePipeline _pipeline = AgentRetries.Create(time, Retries, TimeSpan.FromMilliseconds(100));
    private readonly ResiliencePipeline _delivery = AgentRetries.Create(time, DeliveryRetries, TimeSpan.FromMilliseconds(100));

    /// <summary>A run begins: which message is the first.</summary>
    public Task<Result<MailWork>> BeginAsync(MailRun run, CancellationToken cancellationToken) => ReportAsync(run, new ReportMail(run.To, null), cancellationToken);

    /// <summary>Brings a message to its receiver.</summary>
    public async Task<Result<MailTaken>> DeliverAsync(string to, DeliverMail mail, CancellationToken cancellationToken) => await _delivery.ExecuteAsync(
        async token => await proxies.AskOnceAsync<DeliverMail, MailTaken>(time, AgentActorType.Name, to, nameof(IAgentMail.DeliverMail), mail, token, DeliveryTimeout), cancellationToken);

    /// <summary>Has the mailbox of an outside service send something. Once: the component that has the event asks again.</summary>
    public Task<Result<SentMail>> SendAsync(InboundMail mail, CancellationToken cancellationToken) =>
        proxies.AskOnceAsync<SendMail, SentMail>(time, AgentActorType.Name, mail.From.ToString(), nameof(IAgentMail.SendMail), mail.Request, cancellationToken);

    /// <summary>Tells the sender what became of one, and hears which is the next.</summary>
    public Task<Result<MailWork>> ReportAsync(MailRun run, ReportMail report, CancellationToken cancellationToken) =>
        CallAsync<ReportMail, MailWork>(run.Agent, nameof(IAgentMail.ReportMail), report, cancellationToken);

    private async Task<Result<TAnswer>> CallAsync<TRequest, TAnswer>(string agent, string method, TRequest request, CancellationToken cancellationToken)
        where TAnswer : class => await _pipeline.ExecuteAsync(
            async token => await proxies.AskOnceAsync<TRequest, TAnswer>(time, AgentActorType.Name, agent, method, request, token), cancellationToken);
}
