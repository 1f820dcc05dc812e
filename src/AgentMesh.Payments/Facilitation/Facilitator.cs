using System.Diagnostics;
using AgentMesh.Evm;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;

namespace AgentMesh.Payments.Facilitation;

/// <summary>What is asked of the facilitator, with a span and a duration of each call, whatever of it was retried.</summary>
internal sealed class Facilitator(FacilitatorClient client, FacilitatorMetrics metrics, TimeProvider time)
{
    private const string VerifyCall = "verify";
    private const string SettleCall = "settle";

    private static readonly ActivitySource Source = new("AgentMesh.Payments.Facilitation");

    /// <inheritdoc cref="FacilitatorClient.VerifyAsync"/>
    public async Task<VerifyResponse> VerifyAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        using var span = Source.StartActivity("facilitator verify");
        var begun = time.GetTimestamp();
        var outcome = "unavailable";
        try
        {
            var answer = await client.VerifyAsync(request, cancellationToken);
            outcome = answer.IsValid ? "valid" : "invalid";
            return answer;
        }
        finally
        {
            Ended(span, VerifyCall, outcome, begun);
        }
    }

    /// <inheritdoc cref="FacilitatorClient.SettleAsync"/>
    public Task<SettleVerdict> SettleAsync(ReadOnlyMemory<byte> request, EvmNetwork network, EvmAddress payer, CancellationToken cancellationToken) =>
        SettleAsync(() => client.SettleAsync(request, network, payer, cancellationToken));

    /// <inheritdoc cref="FacilitatorClient.SettleOnceAsync"/>
    public Task<SettleVerdict> SettleOnceAsync(ReadOnlyMemory<byte> request, EvmNetwork network, EvmAddress payer, CancellationToken cancellationToken) =>
        SettleAsync(() => client.SettleOnceAsync(request, network, payer, cancellationToken));

    private async Task<SettleVerdict> SettleAsync(Func<Task<SettleVerdict>> settle)
    {
        using var span = Source.StartActivity("facilitator settle");
        var begun = time.GetTimestamp();
        var outcome = "unavailable";
        try
        {
            var verdict = await settle();
            outcome = verdict.Outcome switch
            {
                SettleOutcome.Settled => "settled",
                SettleOutcome.Failed => "failed",
                SettleOutcome.Unknown => "unknown",
                _ => outcome,
            };
            return verdict;
        }
        finally
        {
            Ended(span, SettleCall, outcome, begun);
        }
    }

    private void Ended(Activity? span, string call, string outcome, long begun)
    {
        span?.SetTag("agentmesh.outcome", outcome);
        metrics.Called(call, outcome, time.GetElapsedTime(begun));
    }
}
