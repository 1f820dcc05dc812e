using System.Net.Http.Json;
using System.Text.Json;

namespace AgentMesh.EndToEnd;

/// <summary>A client as users write it: HttpClient and JSON.</summary>
internal sealed class AgentClient(Uri gateway) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = gateway, Timeout = TimeSpan.FromSeconds(100) };

    public HttpClient Http => _http;

    public async Task<Posted> PostAsync(string user, string content, string? key = null, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/agent/{user}/message") { Content = JsonContent.Create(new { content }) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var answer = await _http.SendAsync(request, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<Posted>(cancellationToken))!;
    }

    /// <summary>The whole history, oldest first, read page by page.</summary>
    public async Task<List<Message>> HistoryAsync(string user, int limit = 1000)
    {
        var all = new List<Message>();
        long? before = null;
        do
        {
            var page = (await _http.GetFromJsonAsync<Page>($"/agent/{user}/history?limit={limit}{(before is null ? "" : $"&before={before}")}", TestContext.Current.CancellationToken))!;
            all.InsertRange(0, page.Messages);
            before = page.NextBefore;
        }
        while (before is not null);
        return all;
    }

    public Task<JsonElement> InfoAsync(string user) => _http.GetFromJsonAsync<JsonElement>($"/agent/{user}/info", TestContext.Current.CancellationToken);

    public void Dispose() => _http.Dispose();

    internal sealed record Posted(string Response, long MessageCount, long Seq, string TurnId, string SessionId);

    internal sealed record Message(long Seq, string Role, string Content, long Timestamp);

    internal sealed record Page(List<Message> Messages, long? NextBefore);
}
