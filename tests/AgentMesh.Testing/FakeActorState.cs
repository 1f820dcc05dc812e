using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentMesh.Testing;

/// <summary>
/// The actor state API of a sidecar on a free port: GET of a key, PUT of a transaction. It damages values as daprd does, lists the
/// calls it got, and fails on demand. Beside state it keeps the names of reminders, which only <see cref="HttpClient"/> calls of a test fire,
/// takes what is published, hands actor calls on to <see cref="App"/>, and keeps values of the ordinary state API.
/// </summary>
public sealed class FakeActorState : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<(string Actor, string Key), string> _values = new();
    private readonly ConcurrentQueue<string> _calls = new();
    private readonly ConcurrentDictionary<(string Actor, string Name), string> _reminders = new();
    private readonly Channel<JsonElement> _published = Channel.CreateUnbounded<JsonElement>();
    private readonly ConcurrentQueue<string> _invoked = new();
    private readonly StateValues _states = new();
    private readonly BulkEvents _bulk = new();
    private int _seed;
    private int _registrations;

    private FakeActorState(WebApplication app) => _app = app;

    /// <summary>Answers the next PUT with 500: <see cref="FailedPut.BeforeStoring"/>, or after it was stored (a lost answer).</summary>
    public FailedPut FailNextPut { get; set; }

    /// <summary>Before the transaction of a PUT is done, which goes on when its caller has left, as a store does it; null: at once.</summary>
    public Func<Task>? BeforePut { get; set; }

    /// <summary>The address, for <c>DAPR_HTTP_ENDPOINT</c>.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>The calls since the last <see cref="TakeCalls"/>: <c>GET key</c>, or <c>PUT key key ...</c> in the order of operations.</summary>
    public IReadOnlyList<string> TakeCalls()
    {
        var calls = new List<string>();
        while (_calls.TryDequeue(out var call))
            calls.Add(call);
        return calls;
    }

    /// <summary>The app whose actors are called; null: actor calls are 404.</summary>
    public HttpClient? App { get; set; }

    /// <summary>The actor calls since the last <see cref="TakeInvoked"/>: <c>type/id/method</c>.</summary>
    public IReadOnlyList<string> TakeInvoked()
    {
        var invoked = new List<string>();
        while (_invoked.TryDequeue(out var call))
            invoked.Add(call);
        return invoked;
    }

    /// <summary>Values of the ordinary state API.</summary>
    public StateValues States => _states;

    /// <summary>Answers service invocation, by <c>app/method</c>; null: no app is there.</summary>
    public Func<string, HttpContext, Task>? Apps { get; set; }

    /// <summary>Before an actor call is handed on, with <c>type/id/method</c>; false: it is answered with 500 instead.</summary>
    public Func<string, Task<bool>>? BeforeInvoke { get; set; }

    /// <summary>What was published, by topic <c>agentmesh.announcements</c>, in order.</summary>
    public ChannelReader<JsonElement> Published => _published.Reader;

    /// <summary>What was published in bulk.</summary>
    public BulkEvents Bulk => _bulk;

    /// <summary>Takes a reminder away behind everybody's back, as a lost scheduler does.</summary>
    public void LoseReminder(string actorId, string name) => _reminders.TryRemove((actorId, name), out _);

    /// <summary>The reminders an actor has.</summary>
    public IReadOnlyList<string> RemindersOf(string actorId) =>
        [.. _reminders.Keys.Where(reminder => reminder.Actor == actorId).Select(reminder => reminder.Name).Order(StringComparer.Ordinal)];

    /// <summary>When a reminder comes first and how far apart it comes then, in Go's form; null when it is not there.</summary>
    public (string Due, string Period)? ReminderOf(string actorId, string name)
    {
        if (!_reminders.TryGetValue((actorId, name), out var body))
            return null;
        using var reminder = JsonDocument.Parse(body);
        return (reminder.RootElement.GetProperty("dueTime").GetString()!, reminder.RootElement.GetProperty("period").GetString()!);
    }

    /// <summary>How often reminders were registered.</summary>
    public int Registrations => _registrations;

    /// <summary>Answers of the secret stores, by STORE/NAME.</summary>
    public ConcurrentDictionary<string, string> Secrets { get; } = new();

    /// <summary>A secret that is not there is a store that is away.</summary>
    public bool SecretsAreAway { get; set; }

    /// <summary>Answers registrations of reminders with 500.</summary>
    public bool FailsRegistrations { get; set; }

    /// <summary>Starts it.</summary>
    public static async Task<FakeActorState> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = 4 * 1024 * 1024;
        });
        var app = builder.Build();
        var fake = new FakeActorState(app);
        app.Run(fake.HandleAsync);
        await app.StartAsync();
        return fake;
    }

    /// <summary>The stored JSON of a key; null when there is none.</summary>
    public string? this[string actorId, string key]
    {
        get => _values.GetValueOrDefault((actorId, key));
        set
        {
            if (value is null)
                _values.TryRemove((actorId, key), out _);
            else
                _values[(actorId, key)] = value;
        }
    }

    /// <summary>The keys an actor has.</summary>
    public IReadOnlyList<string> KeysOf(string actorId) =>
        [.. _values.Keys.Where(key => key.Actor == actorId).Select(key => key.Key).Order(StringComparer.Ordinal)];

    /// <summary>Forgets everything stored.</summary>
    public void Clear() => _values.Clear();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        // The SDK asks for `//v1.0/actors/{type}/{id}/state[/{key}]`.
        var path = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (path is ["v1.0", "actors", _, var id, "state", var key] && HttpMethods.IsGet(context.Request.Method))
            await GetAsync(context, id, key);
        else if (path is ["v1.0", "actors", _, var actorId, "state"] && HttpMethods.IsPut(context.Request.Method))
            await PutAsync(context, actorId);
        else if (path is ["v1.0", "actors", _, var reminded, "reminders", var reminder])
            await RemindAsync(context, reminded, reminder);
        else if (path is ["v1.0", "publish", "bulk", var pubSub, var topic])
            await _bulk.HandleAsync(context, $"{pubSub}/{topic}");
        else if (path is ["v1.0", "publish", ..])
            await PublishAsync(context);
        else if (path is ["v1.0", "secrets", var store, var secret])
            await context.Response.WriteAsync(Secrets.TryGetValue($"{store}/{secret}", out var value) ? value : NoSecret(context), context.RequestAborted);
        else if (path is ["v1.0", "actors", var type, var called, "method", var method] && App is not null)
            await InvokeAsync(context, App, $"{type}/{called}", method);
        else if (path is ["v1.0", "invoke", var invoked, "method", .. { Length: > 0 } appMethod] && Apps is not null)
            await Apps($"{invoked}/{string.Join('/', appMethod)}", context);
        else if (path is ["v1.0", "invoke", ..])
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        else if (path is ["v1.0", "state", _, ..])
            await _states.HandleAsync(context, path is [_, _, _, var name] ? name : null);
        else
            context.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    private string NoSecret(HttpContext context)
    {
        context.Response.StatusCode = SecretsAreAway ? StatusCodes.Status500InternalServerError : StatusCodes.Status404NotFound;
        return "";
    }

    private async Task RemindAsync(HttpContext context, string id, string name)
    {
        if (FailsRegistrations && !HttpMethods.IsDelete(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return;
        }

        if (HttpMethods.IsDelete(context.Request.Method))
            _reminders.TryRemove((id, name), out _);
        else
            await RegisterAsync(context, (id, name));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task RegisterAsync(HttpContext context, (string Actor, string Name) reminder)
    {
        _reminders[reminder] = await new StreamReader(context.Request.Body).ReadToEndAsync(context.RequestAborted);
        Interlocked.Increment(ref _registrations);
    }

    private async Task PublishAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        _published.Writer.TryWrite(body.RootElement.Clone());
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task InvokeAsync(HttpContext context, HttpClient app, string actor, string method)
    {
        var call = $"{actor}/{method}";
        _invoked.Enqueue(call);
        if (BeforeInvoke is { } before && !await before(call))
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("""{"errorCode":"ERR_ACTOR_INVOKE_METHOD","message":"asked to fail"}""");
            return;
        }

        using var body = new StreamContent(context.Request.Body);
        body.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        using var answer = await app.PutAsync(new Uri($"actors/{actor}/method/{method}", UriKind.Relative), body, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private async Task GetAsync(HttpContext context, string id, string key)
    {
        _calls.Enqueue($"GET {key}");
        if (this[id, key] is not { } value)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(value, context.RequestAborted);
    }

    private async Task PutAsync(HttpContext context, string id)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var operations = body.RootElement.EnumerateArray().Select(operation => operation.GetProperty("request")).ToList();
        _calls.Enqueue("PUT " + string.Join(' ', operations.Select(request => request.GetProperty("key").GetString())));
        if (BeforePut is { } before)
            await before();
        var failure = FailNextPut;
        FailNextPut = FailedPut.None;
        if (failure != FailedPut.BeforeStoring)
        {
            foreach (var request in operations)
            {
                this[id, request.GetProperty("key").GetString()!] = request.TryGetProperty("value", out var value)
                    ? DaprdFidelity.Damage(value.GetRawText(), Interlocked.Increment(ref _seed))
                    : null;
            }
        }

        if (failure == FailedPut.None)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync("""{"errorCode":"ERR_ACTOR_STATE_TRANSACTION_SAVE","message":"asked to fail"}""");
    }
}

/// <summary>How a PUT fails.</summary>
public enum FailedPut
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>Nothing is stored.</summary>
    BeforeStoring,

    /// <summary>All is stored, but the answer says otherwise.</summary>
    AfterStoring,
}
