using AgentMesh.ActorHost.Responders;
using AgentMesh.ServiceDefaults.Dapr;
using AgentMesh.Testing.ModelServer;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentMesh.ActorHost.Tests.Responders;

/// <summary>A responder with a model server behind it.</summary>
internal sealed class ResponderUnderTest : IAsyncDisposable
{
    public const string Key = "sk-test-0123456789";

    /// <summary>A test that waits for a clock nobody moves fails, and does not hang.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private ResponderUnderTest(FakeModelServer server, ResponderOptions options, string sidecar)
    {
        Server = server;
        Options = options;
        Responder = new Responder(options, new SidecarOptions(sidecar, "dapr-secret", "app-secret"), Time, NullLogger<Responder>.Instance);
    }

    public FakeModelServer Server { get; }

    public ResponderOptions Options { get; }

    public Responder Responder { get; }

    public TimerSignals Time { get; } = new();

    public static async Task<ResponderUnderTest> StartAsync(string provider, Action<ResponderOptions>? configure = null, string sidecar = "http://127.0.0.1:1")
    {
        var server = await FakeModelServer.StartAsync();
        var options = new ResponderOptions
        {
            Provider = provider,
            Endpoint = (provider == ResponderProviders.OpenAI ? server.OpenAIEndpoint : server.Address).ToString(),
            Model = "test-model",
            ApiKey = Key,
        };
        configure?.Invoke(options);
        return new ResponderUnderTest(server, options, sidecar);
    }

    public static ResponderRequest Ask(string message = "hello there", string? systemPrompt = null) => new(systemPrompt, null, [new(true, message)], "7", 1);

    public IAsyncEnumerator<ResponderPiece> Begin(string message = "hello there") =>
        Responder.RespondAsync(Ask(message), TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);

    /// <summary>Reads to the end, whichever it is.</summary>
    public Task<Answer> AnswerAsync(ResponderRequest? request = null) => ReadAsync(request ?? Ask()).WaitAsync(Patience, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Responder.Dispose();
        await Server.DisposeAsync();
    }

    private async Task<Answer> ReadAsync(ResponderRequest request)
    {
        var pieces = new List<ResponderPiece>();
        try
        {
            await foreach (var piece in Responder.RespondAsync(request, TestContext.Current.CancellationToken))
                pieces.Add(piece);
        }
        catch (ResponderFailedException failure)
        {
            return new Answer(pieces, failure);
        }

        return new Answer(pieces, null);
    }

    /// <param name="Pieces">As they came.</param>
    /// <param name="Failure">Null: complete.</param>
    public sealed record Answer(IReadOnlyList<ResponderPiece> Pieces, ResponderFailedException? Failure)
    {
        public string Text => string.Concat(Pieces.Select(piece => piece.Text));

        public ResponderUsage? Usage => Pieces.Count == 0 ? null : Pieces[^1].Usage;
    }
}
