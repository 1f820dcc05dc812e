using System.Text.Json;
using AgentMesh.Sidecar.Tests.Runtime;

namespace AgentMesh.Sidecar.Tests.PubSub;

/// <summary>An app with subscriptions: hands what is delivered to the test, and answers what the test says.</summary>
internal sealed class EventApp : IAsyncDisposable
{
    private readonly System.Threading.Channels.Channel<StubApp.Received> _events = System.Threading.Channels.Channel.CreateUnbounded<StubApp.Received>();

    private EventApp(StubApp stub, string subscriptions)
    {
        Stub = stub;
        stub.Handler = async (context, body) =>
        {
            if (context.Request.Path == "/dapr/subscribe")
            {
                await context.Response.WriteAsync(subscriptions);
                return;
            }

            var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            var received = new StubApp.Received(context.Request.Method, context.Request.Path, body, headers);
            await _events.Writer.WriteAsync(received);
            await Answer(context, received);
        };
    }

    public StubApp Stub { get; }

    /// <summary>200 and an empty body unless a test says otherwise.</summary>
    public Func<HttpContext, StubApp.Received, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    public static async Task<EventApp> StartAsync(string subscriptions, int? port = null) => new(await StubApp.StartAsync("{}", port), subscriptions);

    /// <summary>The next delivery.</summary>
    public async Task<StubApp.Received> NextAsync() =>
        await _events.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

    /// <summary>The data of the next delivery.</summary>
    public async Task<string> NextDataAsync() => Data((await NextAsync()).Body);

    public static string Data(string envelope)
    {
        using var document = JsonDocument.Parse(envelope);
        return document.RootElement.GetProperty("data").ToString();
    }

    public ValueTask DisposeAsync() => Stub.DisposeAsync();
}
