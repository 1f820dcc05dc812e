using System.Net;
using System.Threading.Channels;
using AgentMesh.Conformance.Targets;
using Dapr;
using Dapr.Actors;
using Dapr.Actors.Client;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentMesh.Conformance.Apps;

/// <summary>An app made with the unmodified SDK, on both sides of a call: it hosts actors, subscribes to topics, and makes proxies.</summary>
public sealed class SdkApp : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();

    internal SdkApp(PlannedApp plan)
    {
        Plan = plan;
        var endpoint = $"http://localhost:{plan.HttpPort}";
        Proxies = new ActorProxyFactory(new ActorProxyOptions { HttpEndpoint = endpoint, DaprApiToken = SidecarPlan.DaprToken });
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, plan.AppPort)).UseShutdownTimeout(TimeSpan.Zero);
        builder.Logging.ClearProviders();
        builder.Services.AddRouting();
        builder.Services.AddSingleton<IActorProxyFactory>(Proxies);
        builder.Services.AddActors(options =>
        {
            options.HttpEndpoint = endpoint;
            options.DaprApiToken = SidecarPlan.DaprToken;
            options.ReentrancyConfig = new ActorReentrancyConfig { Enabled = true, MaxStackDepth = 10 };
            options.Actors.RegisterActor<BellActor>();
        });
        _server = builder.Build();
        _server.UseRouting();
        _server.UseCloudEvents();
        _server.MapActorsHandlers();
        _server.MapSubscribeHandler();
        _server.MapPost("/orders", (Order order) => _events.Writer.TryWrite($"order {order.Number}")).WithTopic("pubsub", "orders");
        _server.MapPost("/urgent", (Order order) => _events.Writer.TryWrite($"urgent {order.Number}"))
            .WithMetadata(new TopicAttribute("pubsub", "orders", "event.type == \"urgent\"", 1));
    }

    internal PlannedApp Plan { get; }

    public ActorProxyFactory Proxies { get; }

    /// <summary>Begins to listen.</summary>
    public Task StartAsync()
    {
        Free.Release(Plan.AppPort);
        return _server.StartAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>An actor nobody has used before, and what its callbacks see.</summary>
    public (IBellActor Actor, Channel<string> Rings) Bell()
    {
        var id = $"{Guid.NewGuid():N}";
        return (Proxies.CreateActorProxy<IBellActor>(new ActorId(id), nameof(BellActor)), BellActor.RingsOf(id));
    }

    /// <summary>The next event of the topic `orders`.</summary>
    public Task<string> NextEventAsync() => NextAsync(_events);

    public static Task<string> NextAsync(Channel<string> channel) =>
        channel.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private sealed record Order(int Number);
}
