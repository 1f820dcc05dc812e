using System.Text.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;
using AgentMesh.ServiceDefaults.Dapr;

namespace AgentMesh.ActorHost.Purchases;

/// <summary>Asks the app <c>payments</c>, which knows the chain, what has become of a payment, by service invocation.</summary>
internal sealed partial class AuthorizationLooker(SidecarOptions sidecar, ILogger<AuthorizationLooker> logger) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    private static readonly Uri Path = new("v1.0/invoke/payments/method/authorizations/look", UriKind.Relative);

    private static readonly AuthorizationOutcome NotSaid = new(PaymentStates.Unknown, CanBeKnown: true, null, PaymentRefusals.PaymentUnknown, "The chain was not reached.");

    private readonly HttpClient _http = sidecar.CreateClient(Timeout);

    /// <summary>Asks once.</summary>
    public async Task<AuthorizationOutcome> LookAsync(PurchaseAuthorization authorization, CancellationToken cancellationToken)
    {
        var question = new AuthorizationLook(
            authorization.Network, authorization.Token, authorization.From, authorization.To, authorization.Amount, authorization.Nonce, authorization.ValidBefore,
            authorization.Transaction);
        using var body = JsonContent.Create(question, ContractsJson.Default.AuthorizationLook);
        try
        {
            using var answer = await _http.PostAsync(Path, body, cancellationToken);
            if (answer.IsSuccessStatusCode && await answer.Content.ReadFromJsonAsync(ContractsJson.Default.AuthorizationOutcome, cancellationToken) is { } outcome)
                return outcome;
            LogRefused((int)answer.StatusCode);
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException || fault is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            LogUnreached(fault);
        }

        return NotSaid;
    }

    public void Dispose() => _http.Dispose();

    [LoggerMessage(80, LogLevel.Warning, "The app payments was not reached; what became of a payment is asked again")]
    private partial void LogUnreached(Exception exception);

    [LoggerMessage(81, LogLevel.Warning, "The app payments answered {Status}; what became of a payment is asked again")]
    private partial void LogRefused(int status);
}
