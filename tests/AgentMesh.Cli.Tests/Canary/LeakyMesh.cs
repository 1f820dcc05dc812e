using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentMesh.Cli.Tests.Canary;

/// <summary>What a gateway does wrong.</summary>
internal enum Leak
{
    None,

    /// <summary>Its history has everybody's messages.</summary>
    History,

    /// <summary>A valid token opens every agent; nothing of any is shown.</summary>
    Door,

    /// <summary>Sockets get the frames of all.</summary>
    Sockets,

    /// <summary>A valid token opens every agent's socket, which says nothing.</summary>
    SocketDoor,

    /// <summary>What a valid token reads of another agent is a stream, which has all of it and does not end.</summary>
    Stream,

    /// <summary>A header of an answer has another's text.</summary>
    Header,

    /// <summary>A repeat by its key is answered with what another agent was answered.</summary>
    Keys,

    /// <summary>A path that is not in its simplest form opens what is another's.</summary>
    Paths,

    /// <summary>What was acknowledged is not kept.</summary>
    Loss,

    /// <summary>The log has what was said.</summary>
    Log,

    /// <summary>It breaks now and then.</summary>
    Fault,
}

/// <summary>A gateway as small as one can be, right but for one thing.</summary>
internal sealed class LeakyMesh : IAsyncDisposable
{
    public const string OperatorKey = "the-operators-key-0123456789abcdef";

    private readonly WebApplication _app;
    private readonly Leak _leak;
    private readonly string _log;
    private readonly ConcurrentDictionary<string, string> _owners = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> _texts = new();
    private readonly ConcurrentDictionary<string, string> _keys = new();
    private readonly ConcurrentDictionary<WebSocket, string> _sockets = new();
    private int _requests;

    private LeakyMesh(WebApplication app, Leak leak, string log) => (_app, _leak, _log) = (app, leak, log);

    public Uri Url => new(_app.Urls.Single());

    /// <summary>Agents that were not erased, and keys that were not revoked.</summary>
    public int Left => _texts.Count + _owners.Count;

    public static async Task<LeakyMesh> StartAsync(Leak leak, string log)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var mesh = new LeakyMesh(builder.Build(), leak, log);
        await File.WriteAllTextAsync(log, "started\n");
        mesh._app.UseWebSockets();
        mesh._app.Run(mesh.AnswerAsync);
        await mesh._app.StartAsync();
        return mesh;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var token = context.Request.Headers.Authorization.ToString().Replace("Bearer ", "", StringComparison.Ordinal);
        var path = context.Request.Path.Value!;
        if (_leak == Leak.Fault && Interlocked.Increment(ref _requests) % 50 == 0)
            context.Response.StatusCode = 500;
        else if (path.StartsWith("/admin/keys", StringComparison.Ordinal) && token == OperatorKey)
            await KeysAsync(context);
        else if (!_owners.TryGetValue(token, out var owner))
            context.Response.StatusCode = 401;
        else if (path.StartsWith("/agent/", StringComparison.Ordinal) || path.StartsWith("/t/", StringComparison.Ordinal) && _leak == Leak.Paths)
            await AgentAsync(context, owner, path);
        else
            context.Response.StatusCode = 404;
    }

    private async Task KeysAsync(HttpContext context)
    {
        if (context.Request.Method == "DELETE")
        {
            _owners.TryRemove(context.Request.Path.Value!.Split('/')[^1], out _);
            return;
        }

        var user = (await JsonDocument.ParseAsync(context.Request.Body)).RootElement.GetProperty("user").GetString();
        var key = $"key-of-{Guid.CreateVersion7():N}{Guid.CreateVersion7():N}";
        _owners[key] = $"{context.Request.Query["tenant"]}:{user}";
        context.Response.StatusCode = 201;
        await context.Response.WriteAsJsonAsync(
            new { id = key, prefix = key[..8], tenantId = context.Request.Query["tenant"].ToString(), scopes = new[] { "user" }, name = "canary", createdAt = DateTimeOffset.UnixEpoch, key });
    }

    private async Task AgentAsync(HttpContext context, string owner, string path)
    {
        var parts = path.Split('/');
        var isTenants = parts[1] == "t";
        var named = isTenants && parts.Length > 4 ? $"{parts[2]}:{parts[4]}" : $"{owner.Split(':')[0]}:{parts[2]}";
        var isSocket = context.WebSockets.IsWebSocketRequest;
        if (named != owner && _leak == Leak.Stream && !isSocket && context.Request.Method == "GET")
        {
            await StreamAsync(context, named);
            return;
        }

        if (named != owner && !(_leak == Leak.Door && !isSocket || _leak == Leak.SocketDoor && isSocket || isTenants))
        {
            context.Response.StatusCode = 404;
            return;
        }

        // There are no sessions, schedules or messages of any id.
        if (parts.Length > 4 && !isTenants || context.Request.Query.ContainsKey("sessionId"))
        {
            context.Response.StatusCode = 404;
            return;
        }

        var texts = _texts.GetOrAdd(owner, _ => new());
        if (isSocket)
        {
            await ListenAsync(context, owner);
            return;
        }

        if (context.Request.Method == "DELETE" && named == owner && parts.Length == 3)
            _texts.TryRemove(owner, out _);
        if (context.Request.Method == "POST")
            await PostAsync(context, owner, texts);
        else if (named == owner || _leak == Leak.Paths)
            await ShowAsync(context, owner, texts, parts[^1]);
    }

    private async Task PostAsync(HttpContext context, string owner, ConcurrentQueue<string> texts)
    {
        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync();
        if (context.Request.Headers["Idempotency-Key"].ToString() is { Length: > 0 } key)
        {
            // The tenant and the user are of the key, or should be.
            await context.Response.WriteAsync(_keys.GetOrAdd(_leak == Leak.Keys ? key : $"{owner} {key}", text));
            return;
        }

        if (_leak != Leak.Loss)
            texts.Enqueue(text);
        if (_leak == Leak.Log)
            await File.AppendAllTextAsync(_log, $"info: took a message of {text.Length} characters: {text}\n");
        foreach (var (socket, listener) in _sockets)
        {
            if (listener == owner || _leak == Leak.Sockets)
                await SendAsync(socket, text);
        }

        await context.Response.WriteAsync("{}");
    }

    private async Task ShowAsync(HttpContext context, string owner, ConcurrentQueue<string> texts, string what)
    {
        if (_leak == Leak.Header && _texts.Where(other => other.Key != owner).SelectMany(other => other.Value).FirstOrDefault() is { } another)
            context.Response.Headers["X-Last"] = Uri.EscapeDataString(another);
        await context.Response.WriteAsync(string.Join('\n', what == "history" && _leak == Leak.History ? _texts.SelectMany(all => all.Value) : texts));
    }

    private async Task StreamAsync(HttpContext context, string named)
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        foreach (var text in _texts.GetValueOrDefault(named) ?? [])
            await context.Response.WriteAsync($"data: {text}\n\n");
        await context.Response.Body.FlushAsync();
        // As long as the client listens.
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private async Task ListenAsync(HttpContext context, string owner)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        _sockets[socket] = owner;
        var buffer = new byte[4096];
        try
        {
            while ((await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted)).MessageType != WebSocketMessageType.Close)
                await SendAsync(socket, """{"type":"pong"}""");
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // The client is gone.
        }

        _sockets.TryRemove(socket, out _);
    }

    private static async Task SendAsync(WebSocket socket, string text)
    {
        try
        {
            // One at a time: there is one message at a time.
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);
        }
        catch (Exception exception) when (exception is WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Gone meanwhile, or busy with another frame.
        }
    }
}
