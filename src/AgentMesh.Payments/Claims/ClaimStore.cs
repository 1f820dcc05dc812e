using System.Text.Json;
using AgentMesh.Payments.Settlement;
using AgentMesh.ServiceDefaults.Dapr;

namespace AgentMesh.Payments.Claims;

/// <summary>
/// Claims in the ordinary state API of the store that the actors use too, key <c>claim:{payment id}</c>, with first-write and the version that was
/// read. A lost answer is no question here: the owner's name says afterwards whether it was stored. Claims are never deleted.
/// </summary>
internal sealed class ClaimStore : IDisposable
{
    /// <summary>Each means that another run has written in between, or that an answer was lost.</summary>
    private const int MaxAttempts = 5;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly StateRecords _records;
    private readonly TimeProvider _time;

    public ClaimStore(SidecarOptions sidecar, PaymentOptions options, TimeProvider time)
    {
        _records = new StateRecords(sidecar, options.StateStore, CreateJson(), Timeout);
        _time = time;
    }

    public void Dispose() => _records.Dispose();

    /// <summary>Claims the payment for a run, or takes the claim over from an older one.</summary>
    /// <exception cref="HttpRequestException">The store does not say.</exception>
    public Task<ClaimAnswer> AcquireAsync(string paymentId, string owner, int attempt, CancellationToken cancellationToken) => ChangeAsync(
        paymentId,
        claim => claim switch
        {
            null => (new Claim(owner, attempt, ClaimPhase.Executing, _time.GetUtcNow()), ClaimAnswer.Held),
            { Phase: ClaimPhase.Settling } => (null, ClaimAnswer.Sent),
            { Phase: ClaimPhase.Released } => (null, ClaimAnswer.Released),
            _ when claim.Owner == owner => (null, ClaimAnswer.Held),
            _ when claim.Attempt < attempt => (claim with { Owner = owner, Attempt = attempt, At = _time.GetUtcNow() }, ClaimAnswer.Held),
            _ => (null, ClaimAnswer.Lost),
        },
        cancellationToken);

    /// <summary>Ends the phase in which the claim can be taken over. To be called once by a run, which must be the claim's.</summary>
    /// <exception cref="HttpRequestException">The store does not say.</exception>
    public Task<ClaimAnswer> AdvanceAsync(string paymentId, string owner, ClaimPhase phase, CancellationToken cancellationToken) => ChangeAsync(
        paymentId,
        claim => claim switch
        {
            null => (null, ClaimAnswer.Lost),
            _ when claim.Owner == owner && claim.Phase == phase => (null, ClaimAnswer.Held),
            { Phase: ClaimPhase.Settling } => (null, ClaimAnswer.Sent),
            { Phase: ClaimPhase.Released } => (null, ClaimAnswer.Released),
            _ when claim.Owner == owner => (claim with { Phase = phase, At = _time.GetUtcNow() }, ClaimAnswer.Held),
            _ => (null, ClaimAnswer.Lost),
        },
        cancellationToken);

    /// <summary>Whether anybody has ever claimed the payment.</summary>
    public async Task<bool> IsClaimedAsync(string paymentId, CancellationToken cancellationToken) =>
        (await _records.LoadAsync<Claim>(KeyOf(paymentId), cancellationToken)).Record is not null;

    private async Task<ClaimAnswer> ChangeAsync(string paymentId, Func<Claim?, (Claim? After, ClaimAnswer Answer)> change, CancellationToken cancellationToken)
    {
        HttpRequestException? fault = null;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (fault is not null)
                await Task.Delay(Pause, _time, cancellationToken);
            try
            {
                var (before, etag) = await _records.LoadAsync<Claim>(KeyOf(paymentId), cancellationToken);
                var (after, answer) = change(before);
                if (after is null || await _records.TryStoreAsync(KeyOf(paymentId), after, etag, cancellationToken))
                    return answer;
                fault = null;
            }
            catch (HttpRequestException exception)
            {
                fault = exception;
            }
            catch (TaskCanceledException exception) when (!cancellationToken.IsCancellationRequested)
            {
                fault = new HttpRequestException("The state store did not answer in time.", exception);
            }
        }

        throw fault ?? new HttpRequestException("Other runs wrote the claim each time in between.");
    }

    private static string KeyOf(string paymentId) => $"claim:{paymentId}";

    private static JsonSerializerOptions CreateJson()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web) { TypeInfoResolver = PaymentStateJson.Default };
        PaymentStateJson.AddTo(json);
        return json;
    }
}
