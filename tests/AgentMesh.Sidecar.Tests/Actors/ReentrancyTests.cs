using System.Net;
using AgentMesh.Sidecar.Tests.Runtime;

namespace AgentMesh.Sidecar.Tests.Actors;

public sealed class ReentrancyTests
{
    private const string Header = "Dapr-Reentrancy-Id";
    private const string Enabled = """{"entities":["T"],"reentrancy":{"enabled":true,"maxStackDepth":3}}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"entities":["T"]}""", null, null)]
    [InlineData("""{"entities":["T"]}""", "mine", "mine")]
    [InlineData(Enabled, null, "new")]
    [InlineData(Enabled, "mine", "mine")]
    public async Task Id_IsMadeWhereItIsMissing_AndForwardedWhereItIsNot(string config, string? sent, string? expected)
    {
        await using var app = await StubApp.StartAsync(config);
        await using var sidecar = await SidecarHarness.StartAsync(app);
        Assert.Equal(HttpStatusCode.OK, await CallAsync(sidecar, sent));
        var received = app.Calls("PUT").Single().Headers.GetValueOrDefault(Header);
        Assert.Equal(expected, Guid.TryParse(received, out _) ? "new" : received);
    }

    [Fact]
    public async Task Calls_OfTheSameId_JoinTheTurn_UpToTheDepth_AndOthersWait()
    {
        await using var app = await StubApp.StartAsync(Enabled);
        await using var sidecar = await SidecarHarness.StartAsync(app);
        var nested = new List<HttpStatusCode>();
        Task<HttpStatusCode>? foreign = null;
        app.Handler = async (context, _) =>
        {
            var id = context.Request.Headers[Header].ToString();
            if (id == "other")
                return;
            foreign ??= CallAsync(sidecar, "other");
            var status = await CallAsync(sidecar, id);
            lock (nested)
                nested.Add(status);
        };

        Assert.Equal(HttpStatusCode.OK, await CallAsync(sidecar, null));

        // Innermost first: the fourth is one too deep.
        Assert.Equal([HttpStatusCode.InternalServerError, HttpStatusCode.OK, HttpStatusCode.OK], nested);
        Assert.Equal(HttpStatusCode.OK, await foreign!);
        Assert.Equal("other", app.Calls("PUT").Last().Headers[Header]);
    }

    [Fact]
    public async Task Depth_Exceeded_IsDaprsError()
    {
        await using var app = await StubApp.StartAsync("""{"entities":["T"],"reentrancy":{"enabled":true,"maxStackDepth":1}}""");
        await using var sidecar = await SidecarHarness.StartAsync(app);
        var answer = "";
        app.Handler = async (context, _) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, sidecar.At("/v1.0/actors/T/1/method/Do"));
            request.Headers.Add(Header, context.Request.Headers[Header].ToString());
            using var response = await sidecar.Client.SendAsync(request, Token);
            answer = $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(Token)}";
        };
        await CallAsync(sidecar, null);
        Assert.Equal("""500 {"errorCode":"ERR_ACTOR_STACK_DEPTH","message":"maximum stack depth exceeded"}""", answer);
    }

    private static async Task<HttpStatusCode> CallAsync(SidecarHarness sidecar, string? id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, sidecar.At("/v1.0/actors/T/1/method/Do"));
        if (id is not null)
            request.Headers.Add(Header, id);
        using var response = await sidecar.Client.SendAsync(request, Token);
        return response.StatusCode;
    }
}
