using AgentMesh.ServiceDefaults.Dapr;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AgentMesh.ServiceDefaults.Health;

/// <summary>
/// Asks the sidecar whether the app can call out through it. Not <c>/v1.0/healthz</c>: that one waits for the app, which would wait
/// for itself.
/// </summary>
internal sealed class SidecarHealthCheck(SidecarOptions sidecar) : IHealthCheck, IDisposable
{
    // One handler for the life of the process; the sidecar is on the same machine or in the same pod.
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });
    private readonly Uri _address = new(sidecar.HttpEndpoint + "/v1.0/healthz/outbound");

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            using var response = await _client.GetAsync(_address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.IsSuccessStatusCode
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("The Dapr sidecar answers that it is not ready.");
        }
        catch (HttpRequestException)
        {
            return HealthCheckResult.Unhealthy("The Dapr sidecar cannot be reached.");
        }
    }

    public void Dispose() => _client.Dispose();
}
