using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace AgentMesh.EndToEnd;

/// <summary>An owner's mailbox as users call it. What fails because a process is gone is asked again, by the same key.</summary>
internal sealed class MailClient(Uri gateway) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = gateway, Timeout = TimeSpan.FromSeconds(100) };

    /// <summary>Sends, until it is accepted.</summary>
    /// <returns>The message's id.</returns>
    public async Task<string> SendAsync(string user, string key, object body, CancellationToken cancellationToken)
    {
        using var answer = await UntilAsync(
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Post, $"/agent/{user}/send") { Content = JsonContent.Create(body) };
                request.Headers.Add("Idempotency-Key", key);
                return request;
            },
            HttpStatusCode.Accepted,
            cancellationToken);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("messageId").GetString()!;
    }

    /// <summary>Sets what an agent does with mail.</summary>
    public async Task SetPolicyAsync(string user, string receive, CancellationToken cancellationToken)
    {
        using var _ = await UntilAsync(
            () => new HttpRequestMessage(HttpMethod.Put, $"/agent/{user}/mail-policy") { Content = JsonContent.Create(new { receive }) }, HttpStatusCode.OK, cancellationToken);
    }

    /// <summary>All of an inbox or outbox, in the order it came or was sent.</summary>
    public async Task<List<JsonElement>> ReadAsync(string user, string box, CancellationToken cancellationToken)
    {
        var all = new List<JsonElement>();
        for (long? before = null; ;)
        {
            using var answer = await UntilAsync(
                () => new HttpRequestMessage(HttpMethod.Get, $"/agent/{user}/{box}?limit=100{(before is null ? "" : $"&before={before}")}"), HttpStatusCode.OK, cancellationToken);
            var page = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            all.AddRange(page.GetProperty("messages").EnumerateArray());
            if (!page.TryGetProperty("nextBefore", out var next) || next.ValueKind != JsonValueKind.Number)
                break;
            before = next.GetInt64();
        }

        all.Reverse();
        return all;
    }

    /// <summary>True for a message that answers another one.</summary>
    public static bool IsAnswer(JsonElement message) => message.GetProperty("inReplyTo").ValueKind == JsonValueKind.String;

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> UntilAsync(Func<HttpRequestMessage> make, HttpStatusCode wanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                using var request = make();
                var answer = await _http.SendAsync(request, cancellationToken);
                if (answer.StatusCode == wanted)
                    return answer;
                Assert.True(
                    answer.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout or HttpStatusCode.TooManyRequests,
                    $"{answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}");
                answer.Dispose();
            }
            catch (HttpRequestException)
            {
                // The gateway's process is not there; the next try waits for it as this one did.
            }

            // Between two tries of what is not there: as a client's retry does.
            await Task.Delay(50, cancellationToken);
        }
    }
}
