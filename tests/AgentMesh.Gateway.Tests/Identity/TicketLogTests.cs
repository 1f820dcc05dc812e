using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using AgentMesh.Gateway.Tests.Watching;
using Microsoft.Extensions.Logging;

namespace AgentMesh.Gateway.Tests.Identity;

/// <summary>A ticket stands in a URL, and URLs are what servers like to write down.</summary>
public sealed class TicketLogTests : WatchTest
{
    [Theory]
    [InlineData("Logging:LogLevel:Default")]
    [InlineData("Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics")]
    [InlineData("Logging:Recorder:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics")]
    public async Task Ticket_IsInNoLogAndNoTrace_WhateverLevelIsConfigured(string level)
    {
        var recorder = new Recorder();
        var tags = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => tags.Enqueue($"{activity.DisplayName} {string.Join(' ', activity.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"))}"),
        };
        ActivitySource.AddActivityListener(listener);
        Agent.Others = new FakeTickets().Answer;
        await using var gateway = new GatewayServer(Sidecar, null, new(level, "Trace"), new("Logging:LogLevel:Microsoft.AspNetCore", "Trace")) { Logs = recorder }.OnKestrel();
        using var made = await Http.PostAsync(At(gateway, "/agent/alice/ticket"), null, Token);
        var ticket = JsonElement.Parse(await made.Content.ReadAsStringAsync(Token)).GetProperty("ticket").GetString()!;
        foreach (var status in (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.Unauthorized])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, At(gateway, $"/agent/alice/events?after=0&ticket={ticket}"));
            request.Headers.Add("Accept", "application/json");
            using var answer = await Http.SendAsync(request, Token);
            Assert.Equal(status, answer.StatusCode);
        }

        await gateway.StopAsync();
        // The server did write something, and was traced.
        Assert.Contains(recorder.Lines, line => line.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal));
        Assert.DoesNotContain(recorder.Lines, line => line.Contains(ticket, StringComparison.Ordinal));
        Assert.Contains(tags, tag => tag.StartsWith("Microsoft.AspNetCore.Hosting.HttpRequestIn", StringComparison.Ordinal));
        Assert.DoesNotContain(tags, tag => tag.Contains(ticket, StringComparison.Ordinal));
    }

    [ProviderAlias("Recorder")]
    private sealed class Recorder : ILoggerProvider
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => new RecorderLogger(this, categoryName);

        public void Dispose()
        {
        }

        private sealed class RecorderLogger(Recorder recorder, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull
            {
                recorder.Lines.Enqueue($"{category} {state}");
                return null;
            }

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                recorder.Lines.Enqueue($"{category} {formatter(state, exception)} {exception}");
        }
    }
}
