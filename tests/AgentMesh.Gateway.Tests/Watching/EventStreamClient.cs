using System.Net;

namespace AgentMesh.Gateway.Tests.Watching;

/// <summary>One event of an event stream.</summary>
internal sealed record StreamedEvent(string? Id, string Type, string Data);

/// <summary>Reads an event stream as a browser does (HTML, 9.2.6).</summary>
internal sealed class EventStreamClient : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private EventStreamClient(HttpResponseMessage response, Stream body) => (_response, _reader) = (response, new StreamReader(body));

    public HttpResponseMessage Response => _response;

    /// <summary>Lines that are comments, and the retry.</summary>
    public List<string> Others { get; } = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Task<EventStreamClient> GetAsync(HttpClient http, Uri address, string? lastEventId = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (lastEventId is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        return SendAsync(http, request);
    }

    public static async Task<EventStreamClient> SendAsync(HttpClient http, HttpRequestMessage request)
    {
        using (request)
        {
            request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
            Assert.True(response.StatusCode == HttpStatusCode.OK, $"{response.StatusCode}");
            Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
            Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
            return new EventStreamClient(response, await response.Content.ReadAsStreamAsync(Token));
        }
    }

    /// <summary>The next event; null at the end.</summary>
    public async Task<StreamedEvent?> NextOrEndAsync()
    {
        string? id = null, type = null, data = null;
        while (await _reader.ReadLineAsync(Token) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                id = line[4..];
            else if (line.StartsWith("event: ", StringComparison.Ordinal))
                type = line[7..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                data = line[6..];
            else if (line.Length > 0)
                Others.Add(line);
            else if (data is not null)
                return new StreamedEvent(id, type ?? "message", data);
        }

        return null;
    }

    /// <summary>The next event.</summary>
    public async Task<StreamedEvent> NextAsync() => await NextOrEndAsync() ?? throw new InvalidOperationException("The stream has ended.");

    /// <summary>The next events, so many.</summary>
    public async Task<List<StreamedEvent>> NextAsync(int count)
    {
        var events = new List<StreamedEvent>(count);
        while (events.Count < count)
            events.Add(await NextAsync());
        return events;
    }

    /// <summary>The next line, whatever it is.</summary>
    public async Task<string?> NextLineAsync() => await _reader.ReadLineAsync(Token);

    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
    }
}
