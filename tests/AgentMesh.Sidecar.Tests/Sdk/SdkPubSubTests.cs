using System.Net;
using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.State;
using AgentMesh.Sidecar.Tests.PubSub;
using AgentMesh.Sidecar.Tests.Runtime;
using Dapr;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentMesh.Sidecar.Tests.Sdk;

/// <summary>The unmodified SDK as the subscriber: its subscription document, its unwrapping of envelopes.</summary>
public sealed class SdkPubSubTests
{
    [Fact]
    public async Task UseCloudEvents_GetsTheDataOfThePublisher_ByRule()
    {
        using var folder = new TemporaryFolder();
        await using var store = SqliteStateStore.Open(folder.Path, new LogList<SqliteStateStore>());
        var definition = PubSubMesh.Define("app", TestPorts.Next(), new PubSubSettings("pubsub") { ConsumerId = "app" });
        await using var mesh = await PubSubMesh.StartAsync(store, definition);
        var received = System.Threading.Channels.Channel.CreateUnbounded<string>();

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, definition.AppPort));
        builder.Logging.ClearProviders();
        builder.Services.AddRouting();
        await using var app = builder.Build();
        app.UseRouting();
        app.UseCloudEvents();
        app.MapSubscribeHandler();
        app.MapPost("/orders", (Order order) => received.Writer.TryWrite($"order {order.Number}")).WithTopic("pubsub", "orders");
        app.MapPost("/urgent", (Order order) => received.Writer.TryWrite($"urgent {order.Number}"))
            .WithMetadata(new TopicAttribute("pubsub", "orders", "event.type == \"urgent\"", 1));
        await app.StartAsync(TestContext.Current.CancellationToken);
        await mesh.ConnectAsync();

        await mesh.PublishAsync("""{"number":1}""");
        Assert.Equal("order 1", await NextAsync());
        await mesh.PublishAsync("""{"number":2}""", query: "?metadata.cloudevent.type=urgent");
        Assert.Equal("urgent 2", await NextAsync());

        async Task<string> NextAsync() => await received.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
    }

    private sealed record Order(int Number);
}
