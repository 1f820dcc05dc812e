using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;
using AgentMesh.Payments.Settlement;
using Dapr.Actors;
using Dapr.Actors.Client;

namespace AgentMesh.Payments.Recording;

/// <summary>Tells sellers' agents what became of their payments, after it is stored.</summary>
internal sealed partial class PaymentRecorder(IActorProxyFactory proxies, ILogger<PaymentRecorder> logger)
{
    /// <returns>False: it was not taken, and has to be told again.</returns>
    public async Task<bool> RecordAsync(PaymentWork work, CancellationToken cancellationToken)
    {
        try
        {
            var agent = proxies.Create(new ActorId(work.Seller), AgentActorType.Name);
            var reply = await agent.AskAsync<AgentPayment, AgentPayment>(nameof(IAgentPayments.RecordPayment), AgentRecord.Of(work.Info), cancellationToken);
            if (reply.Refusal is { } refusal)
                LogRefused(work.Info.PaymentId, refusal.Code);
            return reply.Refusal is null;
        }
        catch (Exception fault) when (PaymentActors.IsFault(fault) || fault is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            LogUnreached(work.Info.PaymentId, fault.GetType().Name);
            return false;
        }
    }

    [LoggerMessage(50, LogLevel.Error, "The seller's agent does not take the record of payment {PaymentId}: {Code}; it is told again")]
    private partial void LogRefused(string paymentId, string code);

    [LoggerMessage(51, LogLevel.Warning, "The seller's agent of payment {PaymentId} was not reached ({ExceptionType}); it is told again")]
    private partial void LogUnreached(string paymentId, string exceptionType);
}
