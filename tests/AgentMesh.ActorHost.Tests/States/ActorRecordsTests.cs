using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentMesh.ActorHost.States;
using AgentMesh.ServiceDefaults.Dapr;
using Dapr;
using Dapr.Actors.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AgentMesh.ActorHost.Tests.States;

/// <summary>An actor's state in memory and on its way to the store: what is asked, what is remembered, what is sent, over both versions of HTTP.</summary>
public sealed class ActorRecordsTests
{
    private static readonly UnloadStateOptions Discard = new() { AllowUnloadingWhenStateModified = true };

    [Fact]
    public async Task WhatWasRead_IsInMemory_UntilItIsUnloaded()
    {
        await using var store = await Store.StartAsync();
        store.Values["a"] = "1";
        var state = store.Open();
        Assert.Equal(1, (await state.TryGetStateAsync<int>("a", Stop)).Value);
        store.Values["a"] = "2";
        Assert.Equal(1, (await state.TryGetStateAsync<int>("a", Stop)).Value);
        await state.UnloadStateAsync("a", null, Stop);
        Assert.Equal(2, (await state.TryGetStateAsync<int>("a", Stop)).Value);
        await state.ClearCacheAsync(Stop);
        store.Values["a"] = "3";
        Assert.Equal(3, (await state.TryGetStateAsync<int>("a", Stop)).Value);
        Assert.Equal(["GET a", "GET a", "GET a"], store.Calls);
    }

    [Fact]
    public async Task ThatAKeyIsMissing_IsRemembered()
    {
        await using var store = await Store.StartAsync();
        var state = store.Open();
        Assert.False((await state.TryGetStateAsync<string>("a", Stop)).HasValue);
        store.Values["a"] = "\"there\"";
        Assert.False((await state.TryGetStateAsync<string>("a", Stop)).HasValue);
        Assert.False(await state.ContainsStateAsync("a", Stop));
        Assert.False(await state.TryRemoveStateAsync("a", Stop));
        await state.UnloadStateAsync("a", null, Stop);
        Assert.Equal("there", (await state.TryGetStateAsync<string>("a", Stop)).Value);
        Assert.Equal(["GET a", "GET a"], store.Calls);
    }

    [Fact]
    public async Task Changes_AreSavedInOneTransaction_OnceEach()
    {
        await using var store = await Store.StartAsync();
        store.Values["old"] = "1";
        store.Values["gone"] = "1";
        var state = store.Open();
        await state.SetStateAsync("new", "text \" é", Stop);
        await state.SetStateAsync("old", 2, Stop);
        await state.SetStateAsync("old", 3, Stop);
        Assert.True(await state.TryRemoveStateAsync("gone", Stop));
        Assert.Equal(5, await state.GetOrAddStateAsync("added", 5, Stop));
        await state.SaveStateAsync(Stop);
        await state.SaveStateAsync(Stop);
        Assert.Equal(["GET gone", "GET added", "PUT upsert new, upsert old, delete gone, upsert added"], store.Calls);
        Assert.Equal(["added=5", "new=\"text \\u0022 \\u00E9\"", "old=3"], store.Values.Select(value => $"{value.Key}={value.Value}").Order(StringComparer.Ordinal));
        Assert.Equal("text \" é", (await state.TryGetStateAsync<string>("new", Stop)).Value);
        // What was removed is asked for again: another may write it.
        store.Values["gone"] = "7";
        Assert.Equal(7, (await state.TryGetStateAsync<int>("gone", Stop)).Value);
    }

    [Fact]
    public async Task WhatIsThere_IsNotAdded()
    {
        await using var store = await Store.StartAsync();
        store.Values["a"] = "1";
        var state = store.Open();
        Assert.Equal(1, await state.GetOrAddStateAsync("a", 2, Stop));
        await state.SaveStateAsync(Stop);
        Assert.Equal(["GET a"], store.Calls);
    }

    /// <summary>Each a way of a key before it is removed: whether there was something, and what of it is saved.</summary>
    [Theory]
    [InlineData(false, false, false, false, "")]
    [InlineData(true, false, false, true, "PUT delete a")]
    [InlineData(true, true, false, true, "PUT delete a")]
    [InlineData(false, true, false, false, "")]
    [InlineData(true, false, true, true, "PUT delete a")]
    [InlineData(false, false, true, true, "")]
    [InlineData(true, true, true, true, "PUT delete a")]
    [InlineData(false, true, true, true, "")]
    public async Task Remove_SaysWhetherItWasThere(bool isStored, bool isRead, bool isSet, bool wasThere, string saved)
    {
        await using var store = await Store.StartAsync();
        if (isStored)
            store.Values["a"] = "1";
        var state = store.Open();
        if (isRead)
            await state.TryGetStateAsync<int>("a", Stop);
        if (isSet)
            await state.SetStateAsync("a", 2, Stop);
        Assert.Equal(wasThere, await state.TryRemoveStateAsync("a", Stop));
        Assert.False(await state.TryRemoveStateAsync("a", Stop));
        Assert.False((await state.TryGetStateAsync<int>("a", Stop)).HasValue);
        await state.SaveStateAsync(Stop);
        Assert.Equal(saved, store.Calls.SingleOrDefault(call => call.StartsWith("PUT", StringComparison.Ordinal)) ?? "");
        Assert.Equal("GET a", Assert.Single(store.Calls, call => call.StartsWith("GET", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task RemovedAndSetAgain_IsAnUpsert_OfAnotherTypeToo()
    {
        await using var store = await Store.StartAsync();
        store.Values["a"] = "1";
        var state = store.Open();
        await state.TryGetStateAsync<int>("a", Stop);
        await state.RemoveStateAsync("a", Stop);
        await Assert.ThrowsAsync<KeyNotFoundException>(() => state.RemoveStateAsync("a", Stop));
        await state.SetStateAsync("a", "again", Stop);
        await state.SaveStateAsync(Stop);
        Assert.Equal("\"again\"", store.Values["a"]);
        Assert.Equal("PUT upsert a", store.Calls[^1]);
    }

    [Fact]
    public async Task ChangedState_IsUnloadedOnlyByWhoSaysSo()
    {
        await using var store = await Store.StartAsync();
        var state = store.Open();
        await state.SetStateAsync("a", 1, Stop);
        await Assert.ThrowsAsync<InvalidOperationException>(() => state.UnloadStateAsync("a", null, Stop));
        await state.UnloadStateAsync("a", Discard, Stop);
        await state.UnloadStateAsync("never", null, Stop);
        await state.SaveStateAsync(Stop);
        Assert.Empty(store.Calls);
    }

    /// <summary>A save that failed, or whose end is not known, leaves what was changed to be saved, or forgotten, by who saved.</summary>
    [Theory]
    [InlineData(500, """{"errorCode":"ERR_ACTOR_STATE_TRANSACTION_SAVE","message":"no room"}""", "ERR_ACTOR_STATE_TRANSACTION_SAVE", "no room")]
    [InlineData(400, "broken", "UNKNOWN", "The sidecar answered 400.")]
    [InlineData(502, "[1]", "UNKNOWN", "The sidecar answered 502.")]
    [InlineData(503, """{"errorCode":1}""", "UNKNOWN", "The sidecar answered 503.")]
    public async Task RefusedSave_IsDaprsException_AndNothingIsForgotten(int status, string answer, string code, string message)
    {
        await using var store = await Store.StartAsync();
        var state = store.Open();
        await state.SetStateAsync("a", 1, Stop);
        store.Refuse = (status, answer);
        var refused = await Assert.ThrowsAsync<DaprApiException>(() => state.SaveStateAsync(Stop));
        Assert.Equal((code, message), (refused.ErrorCode, refused.Message));
        Assert.Equal(message, (await Assert.ThrowsAsync<DaprApiException>(() => state.TryGetStateAsync<int>("b", Stop))).Message);
        store.Refuse = null;
        await state.SaveStateAsync(Stop);
        Assert.Equal("1", store.Values["a"]);
    }

    [Fact]
    public async Task SidecarThatIsAway_IsAFaultOfTheConnection()
    {
        await using var store = await Store.StartAsync();
        var state = store.Open();
        await state.SetStateAsync("a", 1, Stop);
        await store.StopAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => state.SaveStateAsync(Stop));
    }

    /// <summary>Buffers are used again, by as many as save at once, and never by two.</summary>
    [Theory]
    [InlineData(true, "HTTP/2")]
    [InlineData(false, "HTTP/1.1")]
    public async Task ManyAtOnce_EachSavesItsOwn(bool isH2c, string protocol)
    {
        await using var store = await Store.StartAsync(isH2c);
        await Parallel.ForEachAsync(Enumerable.Range(0, 400), new ParallelOptions { MaxDegreeOfParallelism = 50, CancellationToken = Stop }, async (n, stop) =>
        {
            var state = store.Open();
            await state.SetStateAsync($"key-{n}", new string((char)('a' + n % 26), 10 + n * 300), stop);
            await state.SaveStateAsync(stop);
        });
        Assert.All(Enumerable.Range(0, 400), n => Assert.Equal('"' + new string((char)('a' + n % 26), 10 + n * 300) + '"', store.Values[$"key-{n}"]));
        Assert.Equal(protocol, Assert.Single(store.Protocols.Distinct()));
        Assert.All(store.Tokens, token => Assert.Equal("the sidecar's", token));
    }

    [Fact]
    public async Task GivenUp_IsGivenUp_AndItsBufferIsNobodys()
    {
        await using var store = await Store.StartAsync();
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        store.Hold = new TaskCompletionSource();
        var state = store.Open();
        await state.SetStateAsync("a", 1, Stop);
        var saving = state.SaveStateAsync(giveUp.Token);
        await store.Held.Task.WaitAsync(TimeSpan.FromSeconds(20), Stop);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => saving);
        store.Hold.SetResult();
        store.Hold = null;
        await state.SaveStateAsync(Stop);
        Assert.Equal("1", store.Values["a"]);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Dapr's actor state API, of one actor.</summary>
    private sealed class Store : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly ConcurrentQueue<string> _calls = new();
        private StateTransport _transport = null!;

        private Store(WebApplication app) => _app = app;

        public ConcurrentDictionary<string, string> Values { get; } = new(StringComparer.Ordinal);

        public ConcurrentBag<string> Protocols { get; } = [];

        public ConcurrentBag<string?> Tokens { get; } = [];

        public IReadOnlyList<string> Calls => [.. _calls];

        public (int Status, string Body)? Refuse { get; set; }

        public TaskCompletionSource? Hold { get; set; }

        public TaskCompletionSource Held { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public static async Task<Store> StartAsync(bool isH2c = true)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            var both = new PriorKnowledge();
            both.AddTo(builder.Services);
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, both.Serve));
            var app = builder.Build();
            var store = new Store(app);
            app.MapGet("/v1.0/actors/AgentActor/default:joe/state/{key}", store.GetAsync);
            app.MapPut("/v1.0/actors/AgentActor/default:joe/state", store.PutAsync);
            await app.StartAsync(Stop);
            var options = SidecarOptions.From(new ConfigurationBuilder().AddInMemoryCollection(
            [
                new("DAPR_HTTP_ENDPOINT", app.Urls.Single(url => url.StartsWith("http://127.0.0.1", StringComparison.Ordinal))),
                new("DAPR_API_TOKEN", "the sidecar's"), new("DAPR_HTTP_DISABLE_H2C", isH2c ? null : "true"),
            ]).Build());
            var json = new JsonSerializerOptions(JsonSerializerDefaults.Web) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
            store._transport = new StateTransport(options, Options.Create(new ActorRuntimeOptions { JsonSerializerOptions = json }));
            return store;
        }

        public ActorRecords Open() => new(_transport, "AgentActor/default:joe");

        public Task StopAsync() => _app.StopAsync(Stop);

        public async ValueTask DisposeAsync()
        {
            _transport.Dispose();
            await _app.DisposeAsync();
        }

        private async Task GetAsync(HttpContext context, string key)
        {
            _calls.Enqueue($"GET {key}");
            if (Refuse is { } refusal)
                await RefuseAsync(context, refusal);
            else if (Values.TryGetValue(key, out var value))
                await context.Response.WriteAsync(value, Stop);
            else
                context.Response.StatusCode = 204;
        }

        private async Task PutAsync(HttpContext context)
        {
            Protocols.Add(context.Request.Protocol);
            Tokens.Add(context.Request.Headers["dapr-api-token"]);
            Assert.Equal("application/json", context.Request.ContentType);
            using var operations = await JsonDocument.ParseAsync(context.Request.Body, default, Stop);
            if (Hold is { } hold)
            {
                Held.TrySetResult();
                await hold.Task;
                return;
            }

            if (Refuse is { } refusal)
            {
                await RefuseAsync(context, refusal);
                return;
            }

            var done = new List<string>();
            foreach (var operation in operations.RootElement.EnumerateArray())
            {
                var (kind, request) = (operation.GetProperty("operation").GetString(), operation.GetProperty("request"));
                var key = request.GetProperty("key").GetString()!;
                done.Add($"{kind} {key}");
                if (kind == "upsert")
                    Values[key] = request.GetProperty("value").GetRawText();
                else
                    Values.TryRemove(key, out _);
            }

            _calls.Enqueue($"PUT {string.Join(", ", done)}");
            context.Response.StatusCode = 204;
        }

        private static Task RefuseAsync(HttpContext context, (int Status, string Body) refusal)
        {
            context.Response.StatusCode = refusal.Status;
            return context.Response.WriteAsync(refusal.Body, Stop);
        }
    }
}
