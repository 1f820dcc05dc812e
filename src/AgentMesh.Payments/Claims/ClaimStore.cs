using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
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
    private static readonly JsonSerializerOptions Json = CreateJson();

    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly string _store;

    public ClaimStore(SidecarOptions sidecar, PaymentOptions options, TimeProvider time)
    {
        _http = sidecar.CreateClient(Timeout);
        _store = Uri.EscapeDataString(options.StateStore);
        _time = time;
    }

    public void Dispose() => _http.Dispose();

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
        (await LoadAsync(paymentId, cancellationToken)).Claim is not null;

    private async Task<ClaimAnswer> ChangeAsync(string paymentId, Func<Claim?, (Claim? After, ClaimAnswer Answer)> change, CancellationToken cancellationToken)
    {
        HttpRequestException? fault = null;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (fault is not null)
                await Task.Delay(Pause, _time, cancellationToken);
            try
            {
                var (before, etag) = await LoadAsync(paymentId, cancellationToken);
                var (after, answer) = change(before);
                if (after is null || await StoreAsync(paymentId, after, etag, cancellationToken))
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

    private async Task<(Claim? Claim, string? ETag)> LoadAsync(string paymentId, CancellationToken cancellationToken)
    {
        using var answer = await _http.GetAsync(new Uri($"v1.0/state/{_store}/{KeyOf(paymentId)}?consistency=strong", UriKind.Relative), cancellationToken);
        answer.EnsureSuccessStatusCode();
        if (answer.StatusCode == HttpStatusCode.NoContent)
            return (null, null);
        var claim = await answer.Content.ReadFromJsonAsync<Claim>(Json, cancellationToken) ?? throw new JsonException("A claim is null.");
        // Dapr's is the bare version, which is no ETag to HttpClient.
        return (claim, answer.Headers.NonValidated.TryGetValues("ETag", out var etag) ? etag.ToString() : null);
    }

    /// <returns>False: another run has written since.</returns>
    private async Task<bool> StoreAsync(string paymentId, Claim claim, string? etag, CancellationToken cancellationToken)
    {
        var item = new JsonObject
        {
            ["key"] = KeyOf(paymentId),
            ["value"] = JsonSerializer.SerializeToNode(claim, Json),
            ["options"] = new JsonObject { ["concurrency"] = "first-write", ["consistency"] = "strong" },
        };
        // Without one, first-write stores only what is not there.
        if (etag is not null)
            item["etag"] = etag;
        using var body = new StringContent(new JsonArray(item).ToJsonString(), null, "application/json");
        using var answer = await _http.PostAsync(new Uri($"v1.0/state/{_store}", UriKind.Relative), body, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.Conflict)
            return false;
        answer.EnsureSuccessStatusCode();
        return true;
    }

    private static string KeyOf(string paymentId) => $"claim:{paymentId}";

    private static JsonSerializerOptions CreateJson()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web) { TypeInfoResolver = PaymentStateJson.Default };
        PaymentStateJson.AddTo(json);
        return json;
    }
}
