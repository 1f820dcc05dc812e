using AgentMesh.ActorHost.Responders;
using AgentMesh.ServiceDefaults.Dapr;
using AgentMesh.Testing.ModelServer;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentMesh.ActorHost.Tests.Responders;

/// <summary>The model server as a process of its own, as the crash tests start it.</summary>
public sealed class ModelServerProcessTests
{
    [Theory]
    [InlineData("fast", "stop")]
    [InlineData("slow-1ms-50tokens", "stop")]
    [InlineData("first1-cut2-1ms", null)]
    public async Task Model_BehavesAsItsNameSays(string model, string? finish)
    {
        await using var server = await ModelServerProcess.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        var options = new ResponderOptions { Provider = ResponderProviders.OpenAI, Endpoint = server.OpenAIEndpoint.ToString(), Model = model, Retries = 0 };
        using var responder = new Responder(options, new SidecarOptions("http://127.0.0.1:1", null, null), TimeProvider.System, NullLogger<Responder>.Instance);
        if (finish is null)
            Assert.True((await Assert.ThrowsAsync<ResponderFailedException>(() => ReadAsync(responder))).IsTransient);
        var (text, usage) = await ReadAsync(responder);
        var expected = finish is null ? new ModelBehavior() : ModelBehavior.Parse(model);
        Assert.Equal(ModelReply.Of(expected, "hello there"), text);
        Assert.Equal((finish ?? "stop", Math.Max(4, expected.Tokens)), (usage.FinishReason, usage.OutputTokens));
    }

    private static async Task<(string Text, ResponderUsage Usage)> ReadAsync(Responder responder)
    {
        var pieces = new List<ResponderPiece>();
        await foreach (var piece in responder.RespondAsync(ResponderUnderTest.Ask(), TestContext.Current.CancellationToken))
            pieces.Add(piece);
        return (string.Concat(pieces.Select(piece => piece.Text)), pieces[^1].Usage!);
    }
}
