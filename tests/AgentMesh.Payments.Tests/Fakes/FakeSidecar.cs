using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentMesh.Payments.Tests.Fakes;

/// <summary>The sidecar of one process of the app, on a real port, over a <see cref="FakeMesh"/> that it may share with others.</summary>
internal sealed class FakeSidecar : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly FakeMesh _mesh;
    private readonly FakeFacilitator _facilitator;
    private readonly CancellationTokenSource _over = new();

    private FakeSidecar(WebApplication web, FakeMesh mesh, FakeFacilitator facilitator)
    {
        _web = web;
        _mesh = mesh;
        _facilitator = facilitator;
    }

    /// <summary>The app; its payments' actors are always its own, as if no other process were known.</summary>
    public HttpClient? App { get; set; }

    public Uri Address => new(_web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<FakeSidecar> StartAsync(FakeMesh mesh, FakeFacilitator facilitator)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var web = builder.Build();
        var sidecar = new FakeSidecar(web, mesh, facilitator);
        web.Run(sidecar.HandleAsync);
        await web.StartAsync();
        return sidecar;
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _web.DisposeAsync();
        _over.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var body = await new StreamReader(context.Request.Body).ReadToEndAsync(context.RequestAborted);
        var call = NameOf(context, path, body);
        var fault = _mesh.Pass(call);
        await _mesh.Before(call);
        await Faulty.AnswerAsync(context, fault, () => DoAsync(context, path, body), _over.Token);
    }

    private static string NameOf(HttpContext context, string[] path, string body) => path switch
    {
        ["v1.0", "actors", _, _, "state", ..] => $"{context.Request.Method} state {StateOf(body)}".TrimEnd(),
        ["v1.0", "actors", _, _, "reminders", ..] => $"{context.Request.Method} reminder",
        ["v1.0", "actors", var type, _, "method", var method] => $"call {type}.{method} {StepOf(body)}".TrimEnd(),
        ["v1.0", "invoke", _, "method", var method] => $"facilitator {method}",
        ["v1.0", "state", _, var key] => $"{context.Request.Method} {key[..key.IndexOf(':', StringComparison.Ordinal)]}",
        ["v1.0", "state", _] => $"{context.Request.Method} {Find(body, "\"key\":\"", ':')}",
        ["v1.0", "publish", ..] => "publish",
        _ => string.Join('/', path),
    };

    // The state that is stored, and the step that is reported, so that a fault of a test can name them.
    private static string StateOf(string body) => Find(body, "\"status\":\"");

    private static string StepOf(string body) => Find(body, "\"step\":\"");

    private static string Find(string body, string member, char end = '"')
    {
        var at = body.IndexOf(member, StringComparison.Ordinal);
        return at < 0 ? "" : body[(at + member.Length)..body.IndexOf(end, at + member.Length)];
    }

    private async Task DoAsync(HttpContext context, string[] path, string body)
    {
        switch (path)
        {
            case ["v1.0", "actors", _, var actor, "state", var key]:
                await AnswerAsync(context, _mesh.Value(actor, key));
                break;
            case ["v1.0", "actors", _, var actor, "state"]:
                using (var operations = JsonDocument.Parse(body))
                    _mesh.Store(actor, operations.RootElement);
                await AnswerAsync(context, null);
                break;
            case ["v1.0", "actors", _, var actor, "reminders", var name]:
                _mesh.Remind(actor, name, !HttpMethods.IsDelete(context.Request.Method));
                await AnswerAsync(context, null);
                break;
            case ["v1.0", "actors", "AgentActor", var seller, "method", var method]:
                await AnswerAsync(
                    context, method switch { "PostMessage" => _mesh.Post(seller, body), "RecordPayment" => _mesh.Record(seller, body), _ => _mesh.Turn(seller, body) });
                break;
            case ["v1.0", "actors", var type, var actor, "method", var method]:
                await ForwardAsync(context, App!, $"actors/{type}/{actor}/method/{method}", HttpMethod.Put, body);
                break;
            case ["v1.0", "invoke", "facilitator", "method", var method]:
                // What daprd would repeat by itself is an order that has a length.
                Assert.True(method != "settle" || context.Request.ContentLength is null);
                await ForwardAsync(context, _facilitator.Http, method, HttpMethod.Post, body);
                break;
            case ["v1.0", "state", _, var key]:
                var found = _mesh.State(key);
                // Bare, as Dapr sends it.
                if (found is { Version: var version })
                    context.Response.Headers.ETag = $"{version}";
                await AnswerAsync(context, found?.Value);
                break;
            case ["v1.0", "state", _]:
                using (var items = JsonDocument.Parse(body))
                    context.Response.StatusCode = _mesh.Write(items.RootElement[0]) ? StatusCodes.Status204NoContent : StatusCodes.Status409Conflict;
                break;
            case ["v1.0", "publish", "pubsub", "agentmesh.events"]:
                _mesh.Published.Enqueue(JsonDocument.Parse(body).RootElement.Clone());
                await AnswerAsync(context, null);
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }

    private static async Task AnswerAsync(HttpContext context, string? json)
    {
        context.Response.StatusCode = json is null ? StatusCodes.Status204NoContent : StatusCodes.Status200OK;
        if (json is null)
            return;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(json, context.RequestAborted);
    }

    private static async Task ForwardAsync(HttpContext context, HttpClient to, string path, HttpMethod method, string body)
    {
        using var content = new StringContent(body, null, "application/json");
        // As the SDK does: a method without a parameter has no body.
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body.Length == 0 ? null : content };
        using var answer = await to.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
